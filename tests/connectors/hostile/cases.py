"""Hostile cases: a site byte for byte, and the expected outcomes of its feed and entries."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import NamedTuple

from tests.support.connector_harness import FIRST, SECOND, THIRD, feed, item, story

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
Bytes = bytes | Callable[[], bytes]

DOMAIN = "hostile.test"
PORT = b"@PORT@"
"""Placeholder in headers and bodies for the port of the corpus."""

GOOD = story(FIRST, SECOND, THIRD)
LISTING = feed(item("page")).encode()


class Case(NamedTuple):
    """``site``: answers by path; others are 404; the feed is at /feed. ``poll``: the outcome of the
    last of ``polls`` polls. ``entries``: counts of entries by outcome. ``in_time``: those where a
    fast machine parses the feed within the deadline; both are right."""

    name: str
    site: Mapping[str, Answer]
    poll: str
    entries: Mapping[str, int]
    polls: int = 1
    in_time: Mapping[str, int] | None = None

    @property
    def host(self) -> str:
        return f"{self.name}.{DOMAIN}"


def feed_case(name: str, answer: Answer, poll: str, /, **entries: int) -> Case:
    """A case with a hostile feed; its entry's page at /page is a good one."""
    return Case(name, {"/feed": answer, "/page": says(GOOD)}, poll, entries)


def page_case(name: str, answer: Answer, /, **entries: int) -> Case:
    """A case with a hostile page."""
    return Case(name, {"/feed": says(LISTING), "/page": answer}, "ok", entries)


def rules_case(name: str, answer: Answer, /, path: str = "/robots.txt", **entries: int) -> Case:
    """A case with a hostile robots.txt, or another file at ``path``."""
    return Case(name, {"/feed": says(LISTING), "/page": says(GOOD), path: answer}, "ok", entries)


def says(body: Bytes = b"", *headers: str, status: str = "200 OK", length: bool = True) -> Answer:
    """An answer with headers; a large body is a function, called per request."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        content = body if isinstance(body, bytes) else await asyncio.to_thread(body)
        content = content.replace(PORT, _port(writer))
        lines = [*headers, f"Content-Length: {len(content)}"] if length else headers
        writer.write(head(*lines, status=status).replace(PORT, _port(writer)))
        await _pour(writer, content)

    return answer


def raw(*pieces: bytes, stay: bool = False) -> Answer:
    """The bytes alone; then close, or with ``stay`` keep the connection open in silence."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            await _pour(writer, piece)
        if stay:
            await asyncio.sleep(3600)

    return answer


def endless(beginning: bytes, piece: bytes, pause: float = 0.0) -> Answer:
    """A beginning, then a piece repeated until the client closes."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


def moved(location: str, status: str = "302 Found") -> Answer:
    return says(b"", f"Location: {location}", status=status)


def head(*headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def zipped(make: Callable[[], Iterator[bytes]]) -> bytes:
    """The gzip of an iterator of pieces, never all in memory."""
    from io import BytesIO

    packed = BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6) as file:
        for piece in make():
            file.write(piece)
    return packed.getvalue()


async def _pour(writer: asyncio.StreamWriter, content: bytes) -> None:
    for start in range(0, len(content), 1 << 18):
        writer.write(content[start : start + (1 << 18)])
        await writer.drain()


def _port(writer: asyncio.StreamWriter) -> bytes:
    return b"%d" % writer.get_extra_info("sockname")[1]
