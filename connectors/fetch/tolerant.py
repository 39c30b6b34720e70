"""aiohttp's connections, for servers whose responses have small faults.

aiohttp has no setting for these: a subclass of its protocol passes the head of each response
through :func:`connectors.fetch.response_head.tidied` before the parser reads it. Address guard, TLS
and limits are aiohttp's and unchanged.
"""

from __future__ import annotations

import functools
from contextlib import suppress
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.http_exceptions import HttpProcessingError

from connectors.fetch.response_head import END, MAX_HEAD, could_be_http, status, tidied

MAX_OVERHEAD = 384 * 1024
"""Bytes of a response beside its body, of which as many again are free: the head, interim
responses, the sizes and extensions of chunks. Endless ones would be read until the deadline, and
take 90 % of the event loop."""


class TolerantConnector(aiohttp.TCPConnector):
    """A connector whose connections are :class:`TolerantHandler`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # typed as partial[ResponseHandler]
        factory = functools.partial(TolerantHandler, loop=self._loop)
        self._factory = factory  # type: ignore[assignment]  # a partial of the subclass


class TolerantHandler(ResponseHandler):
    """``cut``: the last body whose end did not come before the end of the connection."""

    cut: aiohttp.StreamReader | None = None
    _head: bytearray | None = None
    """Of the next response, up to the bytes received; None while a body is read."""

    _received = 0

    def set_response_params(self, **params: Any) -> None:
        self._head = bytearray()
        self._received = 0
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        if self._received > MAX_OVERHEAD and self._overhead() > MAX_OVERHEAD:
            self._refuse()
            return
        while data and self._head is not None and self._parser is not None:
            data = self._after_head(data)
            if not data:
                return
        super().data_received(data)

    def _overhead(self) -> int:
        body = self._payload.total_bytes if self._payload is not None else 0
        return self._received - 2 * body

    def _refuse(self) -> None:
        error = aiohttp.ClientPayloadError("the response is mostly framing")
        payload = self._payload
        if self.transport is not None:
            self.transport.abort()
        self._parser = self._payload = None
        if payload is not None and not payload.is_eof():
            payload.set_exception(error)
        self.set_exception(error)

    def _after_head(self, data: bytes) -> bytes:
        """Give the head to the parser if it is complete; return what follows it."""
        head = self._head if self._head is not None else bytearray()
        searched = max(0, len(head) - 3)
        head += data if head else data.lstrip(b"\r\n")
        end = END.search(head, searched)
        if not end:
            if could_be_http(head) and len(head) <= MAX_HEAD:
                return b""
            self._head = None
            return bytes(head)
        complete = bytes(head[: end.end()])
        # After an interim response, such as 103 Early Hints, comes another head.
        interim = 100 <= status(complete) < 200 and status(complete) != 101
        self._head = bytearray() if interim else None
        # Without the body: an error in the bytes after it would discard the message too.
        super().data_received(tidied(complete))
        return bytes(head[end.end() :])

    def connection_lost(self, error: BaseException | None) -> None:
        parser, payload = self._parser, self._payload
        if error is None and parser is not None and payload is not None and not payload.is_eof():
            with suppress(HttpProcessingError):
                parser.feed_eof()
            if not payload.is_eof():
                self.cut = payload
                payload.feed_eof()
            self._parser = None
        super().connection_lost(error)
        if payload is not None and not payload.is_eof() and payload.exception() is None:
            payload.set_exception(aiohttp.ClientPayloadError(str(error)))


class TolerantResponse(aiohttp.ClientResponse):
    """A response that knows whether its body was cut off."""

    _handler: TolerantHandler | None = None

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        if isinstance(connection.protocol, TolerantHandler):
            self._handler = connection.protocol
        return await super().start(connection)

    @property
    def is_cut(self) -> bool:
        """Whether the connection ended before the body: fewer bytes than Content-Length, or no
        last chunk. To be asked after the body."""
        return self._handler is not None and self._handler.cut is self.content
