"""What a hostile case is made of: a site, byte for byte, and what must become of its feed."""

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
"""In a header or a body: the port that the corpus is served at."""

GOOD = story(FIRST, SECOND, THIRD)
LISTING = feed(item("page")).encode()


class Case(NamedTuple):
    """``site`` answers by path, and all else with 404; its feed is at /feed. ``poll`` is the poll's
    outcome, the last one's of ``polls``, and ``entries`` how many entries come to which."""

    name: str
    site: Mapping[str, Answer]
    poll: str
    entries: Mapping[str, int]
    polls: int = 1

    @property
    def host(self) -> str:
        return f"{self.name}.{DOMAIN}"


def feed_case(name: str, answer: Answer, poll: str, /, **entries: int) -> Case:
    """Its feed is hostile; an entry's page, if there is one, is at /page and good."""
    return Case(name, {"/feed": answer, "/page": says(GOOD)}, poll, entries)


def page_case(name: str, answer: Answer, /, **entries: int) -> Case:
    """Its one page is hostile."""
    return Case(name, {"/feed": says(LISTING), "/page": answer}, "ok", entries)


def rules_case(name: str, answer: Answer, /, path: str = "/robots.txt", **entries: int) -> Case:
    """Its robots.txt is hostile."""
    return Case(name, {"/feed": says(LISTING), "/page": says(GOOD), path: answer}, "ok", entries)


def says(body: Bytes = b"", *headers: str, status: str = "200 OK", length: bool = True) -> Answer:
    """An answer with these headers; a body that is large is made when it is asked for."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        content = body if isinstance(body, bytes) else await asyncio.to_thread(body)
        content = content.replace(PORT, _port(writer))
        lines = [*headers, f"Content-Length: {len(content)}"] if length else headers
        writer.write(head(*lines, status=status).replace(PORT, _port(writer)))
        await _pour(writer, content)

    return answer


def raw(*pieces: bytes, stay: bool = False) -> Answer:
    """These bytes and no others; then it hangs up, or stays and says nothing more."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            await _pour(writer, piece)
        if stay:
            await asyncio.sleep(3600)

    return answer


def endless(beginning: bytes, piece: bytes, pause: float = 0.0) -> Answer:
    """A beginning, and then the same again and again for as long as anybody listens."""

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
    """The gzip of pieces that are never all in memory."""
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
