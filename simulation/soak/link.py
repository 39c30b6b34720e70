"""A TCP proxy between a process and a server, which can be cut, stalled, slowed and half-closed."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Self

from deploy.local.process import free_ports

CHUNK = 64 * 1024
SLOW_SECONDS = 0.1
SLOW_BYTES = 100_000
"""A slow link takes 0.1 s for each chunk, and a second for 100 kB."""


class Links:
    """The thread in which all links of a deployment run."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def open(self, target: int) -> Link:
        """A link from a free port to the ``target`` port."""
        link = Link(self, free_ports(1)[0], target)
        self.run(link.listen())
        return link

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()


class Link:
    def __init__(self, links: Links, port: int, target: int) -> None:
        self.port = port
        self._links = links
        self._target = target
        self._refuses = False
        self._slow = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()

    async def listen(self) -> None:
        await asyncio.start_server(self._accept, "127.0.0.1", self.port)

    def cut(self) -> None:
        """Reset all connections, and new ones too."""
        self._links.run(self._cut())

    def stall(self) -> None:
        """Pass nothing on; connections stay open."""
        self._links.run(self._stall())

    def slow(self) -> None:
        self._slow = True

    def half_close(self) -> None:
        """End one direction of each open connection; the other still flows."""
        self._links.run(self._half_close())

    def heal(self) -> None:
        self._links.run(self._heal())

    async def _cut(self) -> None:
        self._refuses = True
        for writer in list(self._writers):
            _reset(writer)

    async def _stall(self) -> None:
        self._flows.clear()

    async def _half_close(self) -> None:
        for writer in list(self._writers):
            with suppress(OSError, RuntimeError):
                writer.write_eof()

    async def _heal(self) -> None:
        self._refuses = self._slow = False
        self._flows.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            return _reset(writer)
        try:
            inner, outer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            return _reset(writer)
        # Of each pair, the side towards the client is half-closed.
        self._writers.add(writer)
        try:
            await asyncio.gather(self._pump(reader, outer), self._pump(inner, writer))
        finally:
            self._writers.discard(writer)
            for each in (writer, outer):
                _reset(each)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, RuntimeError):
            while data := await reader.read(CHUNK):
                if self._slow:
                    await asyncio.sleep(SLOW_SECONDS + len(data) / SLOW_BYTES)
                await self._flows.wait()
                writer.write(data)
                await writer.drain()
            await self._flows.wait()
            writer.write_eof()
            return
        _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close it by RST, as after a crash of the peer."""
    raw = writer.get_extra_info("socket")
    with suppress(OSError):
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
