"""Servers on 127.0.0.1 with answers under full control of the test, byte for byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class RawServer:
    """``requests``: the head of each request received."""

    def __init__(self) -> None:
        self.port = 0
        self.requests: list[bytes] = []

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [request.split()[1].decode() for request in self.requests]


def response(body: bytes = b"", *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, *headers, b"Content-Length: %d" % len(body)]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@asynccontextmanager
async def serve_raw(answer: Answer | bytes | dict[str, bytes]) -> AsyncIterator[RawServer]:
    """A server that answers by path, always with the same bytes, or through a function.

    The connection is closed after an answer of bytes or of a function; by path it stays open.
    """
    server = RawServer()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                server.requests.append(request)
                if callable(answer):
                    await answer(request, writer)
                    break
                if isinstance(answer, bytes):
                    writer.write(answer)
                    await writer.drain()
                    break
                path = request.split()[1].decode()
                writer.write(answer.get(path, response(status=b"404 Not Found")))
                await writer.drain()
        writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
