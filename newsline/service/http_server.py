"""An HTTP server on an address given by the operator, fit for strangers."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

from newsline.errors import OperatorError
from newsline.service import metrics

HEAD_SECONDS = 10.0
"""From a connection to the end of its first request's head."""

IDLE_SECONDS = 10.0
"""From an answer to the end of the next request's head; an hour by aiohttp's default."""

MOST_CONNECTIONS = 200
"""The oldest is closed for one more; a process has 1,024 descriptors by default."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
"""Of each answer that does not set them itself."""

INVALID = (HttpProcessingError, web.RequestPayloadError, ConnectionError)


class ListenAddressError(OperatorError):
    """The address is in use or invalid."""


@asynccontextmanager
async def listening(
    application: web.Application, address: str, flag: str, *, shutdown_timeout: float = 60.0
) -> AsyncIterator[str]:
    """Serve on HOST:PORT, the value of ``flag``, while the block runs; port 0: a free one. Yields
    the URL. Raises ListenAddressError.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise ListenAddressError(f"{flag} {address!r} is not HOST:PORT")
    heads = _Heads()
    application.middlewares.append(heads.middleware())
    application.on_response_prepare.append(_add_headers)
    runner = web.AppRunner(
        application,
        access_log=None,
        logger=_logger(flag),
        keepalive_timeout=IDLE_SECONDS,
        shutdown_timeout=shutdown_timeout,
    )
    await runner.setup()
    try:
        server = await _bind(lambda: heads.expect(runner), host.strip("[]"), int(port), flag)
        try:
            yield f"http://{host}:{server.sockets[0].getsockname()[1]}/"
        finally:
            server.close()
    finally:
        await runner.cleanup()


async def _bind(
    factory: Callable[[], asyncio.Protocol], host: str, port: int, flag: str
) -> asyncio.Server:
    try:
        return await asyncio.get_running_loop().create_server(factory, host, port, backlog=128)
    except OSError as error:
        unresolved = isinstance(error, socket.gaierror)  # its errno is not the system's
        reason = error.strerror if unresolved else os.strerror(error.errno or 0)
        raise ListenAddressError(
            f"cannot listen on {host}:{port} ({reason}):"
            f" give another with {flag}, such as 127.0.0.1:0 for any free port"
        ) from error


class _Heads:
    """Closes connections that send no request within HEAD_SECONDS."""

    def __init__(self) -> None:
        self._timers: dict[object, asyncio.TimerHandle] = {}

    def expect(self, runner: web.AppRunner) -> web.RequestHandler:
        """The protocol of a new connection."""
        assert runner.server
        open_connections = runner.server.connections
        if len(open_connections) >= MOST_CONNECTIONS:
            open_connections[0].force_close()
        protocol = runner.server()
        loop = asyncio.get_running_loop()
        self._timers[protocol] = loop.call_later(HEAD_SECONDS, self._end, protocol)
        return protocol

    def _end(self, protocol: web.RequestHandler) -> None:
        del self._timers[protocol]
        protocol.force_close()

    def middleware(self) -> Middleware:
        """Ends the wait when a request's head has arrived."""

        @web.middleware
        async def arrived(request: web.Request, handler: Handler) -> web.StreamResponse:
            if timer := self._timers.pop(request.protocol, None):
                timer.cancel()
            return await handler(request)

        return arrived


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _logger(flag: str) -> logging.Logger:
    """aiohttp's messages, with invalid requests counted in place of a traceback each: whoever
    reaches the port could fill the log."""
    logger = logging.getLogger(f"newsline.http.{flag.strip('-')}")

    def is_ours(record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, INVALID):
            metrics.INVALID_REQUESTS.labels(flag.strip("-")).inc()
            return False
        return True

    logger.filters = [is_ours]
    return logger
