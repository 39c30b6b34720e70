"""The servers of the corpus: the site of each case, by host name, on one port of 127.0.0.1."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

from tests.connectors.hostile import addresses, feeds, pages, transport
from tests.connectors.hostile.cases import DOMAIN, Answer, Case, says

CASES: list[Case] = [*transport.CASES, *pages.CASES, *addresses.CASES, *feeds.CASES]

PUBLIC = "93.184.216.34"
NAMES = {
    "private.example": ["10.1.2.3"],
    "both.example": ["10.1.2.3", "127.0.0.1"],
}


class Web:
    """The sites by host. ``strangers``: requested hosts and paths that do not exist."""

    def __init__(self, sites: Mapping[str, Mapping[str, Answer]]) -> None:
        self.sites = sites
        self.port = 0
        self.strangers: list[bytes] = []

    def url(self, host: str) -> str:
        return f"http://{host}:{self.port}/feed"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            request = await reader.readuntil(b"\r\n\r\n")
            await self._answer(request)(writer)
            await writer.drain()
        writer.close()

    def _answer(self, request: bytes) -> Answer:
        path = request.split()[1].decode("latin-1")
        host = next(h for h in request.split(b"\r\n") if h.lower().startswith(b"host:"))
        site = self.sites.get(host[5:].strip().decode("latin-1").partition(":")[0])
        if site is None:
            self.strangers.append(request)
            return says(status="418 I'm a teapot")
        return site.get(path.partition("?")[0], says(status="404 Not Found"))


class Resolver(AbstractResolver):
    """Resolves the corpus's hosts, and some with changing addresses; others go to the system."""

    def __init__(self) -> None:
        self._system = ThreadedResolver()
        self._rebinding = iter([PUBLIC])

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host == DOMAIN or host.endswith(f".{DOMAIN}"):
            found = ["127.0.0.1"]
        elif host == "rebinding.example":
            found = [next(self._rebinding, "127.0.0.1")]
        elif host in NAMES:
            found = NAMES[host]
        else:
            return await self._system.resolve(host, port, family)
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0
            )
            for address in found
        ]

    async def close(self) -> None:
        await self._system.close()


@asynccontextmanager
async def served(sites: Mapping[str, Mapping[str, Answer]]) -> AsyncIterator[Web]:
    web = Web(sites)
    server = await asyncio.start_server(web.handle, "127.0.0.1", 0)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()
