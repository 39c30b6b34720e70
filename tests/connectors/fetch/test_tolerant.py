"""Servers with small faults in their HTTP, byte for byte, read as curl and browsers read them."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct

import pytest

from connectors.fetch import Fetcher, FetchFailed
from newsline.outcomes import FetchOutcome
from tests.support.raw_server import serve_raw

FEED = b'<rss version="2.0"><channel><title>Harbour</title></channel></rss>'
LENGTH = b"Content-Length: %d" % len(FEED)
CHUNKED = b"Transfer-Encoding: chunked"
CHUNK = b"%x\r\n%s\r\n" % (len(FEED), FEED)


def answer(*headers: bytes, body: bytes = FEED, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return b"\r\n".join([status, b"Content-Type: text/xml", *headers, b"", body])


async def read(raw: bytes, kind: str = "feed") -> bytes:
    async with serve_raw(raw) as server, Fetcher(allow=frozenset({server.name})) as fetcher:
        return (await fetcher.get(server.url(), kind=kind)).body


FAULTS = {
    "no reason": answer(LENGTH, status=b"HTTP/1.1 200"),
    "line feeds only": answer(LENGTH).replace(b"\r\n", b"\n"),
    "empty lines before": b"\r\n\r\n" + answer(LENGTH),
    "name with a space": answer(LENGTH, b"X Foo: 1"),
    "space before the colon": answer(LENGTH, b"X-Foo : 1"),
    "name that is not ASCII": answer(LENGTH, b"X-\xe4: 1"),
    "no colon": answer(LENGTH, b"Warning in line 3"),
    "value that is not UTF-8": answer(LENGTH, b"X: \xff"),
    "header of 60 KB": answer(LENGTH, b"X: " + b"x" * 60_000),
    "200 headers": answer(LENGTH, *(b"Set-Cookie: c%d=1" % n for n in range(200))),
    "the same length twice": answer(LENGTH, LENGTH),
    "length and chunks": answer(LENGTH, CHUNKED, body=CHUNK + b"0\r\n\r\n"),
    "length too large": answer(b"Content-Length: %d" % (len(FEED) + 50)),
    "no last chunk": answer(CHUNKED, body=CHUNK),
    "a wrong chunk at the end": answer(CHUNKED, body=CHUNK + b"zz\r\n"),
    "bytes after the body": answer(LENGTH, body=FEED + b"<!-- in 0.3 s -->"),
    "bytes after the last chunk": answer(CHUNKED, body=CHUNK + b"0\r\n\r\njunk"),
    "bytes after a close": answer(LENGTH, b"Connection: close", body=FEED + b"\r\n\r\n"),
    "early hints": b"HTTP/1.1 103 Early Hints\r\nX Y: 1\r\n\r\n" + answer(LENGTH),
    "gzip that is not": answer(LENGTH, b"Content-Encoding: gzip"),
    "coding that is none": answer(LENGTH, b"Content-Encoding: UTF-8"),
}


@pytest.mark.parametrize("raw", FAULTS.values(), ids=FAULTS.keys())
async def test_a_small_fault_costs_nothing(raw):
    assert await read(raw) == FEED


@pytest.mark.parametrize("kind", ["feed", "page"])
async def test_robots_txt_and_pages_are_read_alike(kind):
    assert await read(answer(LENGTH, LENGTH, b"Content-Encoding: none"), kind) == FEED


async def test_rules_in_a_faulty_robots_txt_count():
    rules = b"User-agent: *\nDisallow: /no"
    head = b"HTTP/1.1 200 OK\nX Y: 1\nContent-Encoding: utf-8\n\n"
    async with (
        serve_raw({"/robots.txt": head + rules}) as server,
        Fetcher(allow=frozenset({server.name}), seconds=0.5) as fetcher,
    ):
        with pytest.raises(FetchFailed):
            await fetcher.get(server.url("/no"), kind="page")
    assert server.paths() == ["/robots.txt"]


@pytest.mark.parametrize(
    "raw",
    [
        answer(b"Content-Length: 500", body=FEED[:-20]),
        answer(b"Content-Length: 500", b"Content-Encoding: gzip", body=gzip.compress(FEED)[:-20]),
        answer(CHUNKED, body=b"20\r\n" + FEED[:32] + b"\r\n"),
        answer(b"Content-Length: 500", body=b'{"items": ['),
        answer(b"Content-Length: 500", body=b""),
    ],
    ids=["feed", "gzip", "chunks", "JSON", "nothing"],
)
async def test_a_document_that_is_cut_off_is_no_answer(raw):
    with pytest.raises(FetchFailed, match="ended before the body") as failed:
        await read(raw)
    assert failed.value.outcome is FetchOutcome.BAD_RESPONSE


async def test_a_length_that_is_too_small_cuts_the_body():
    assert await read(answer(b"Content-Length: 20")) == FEED[:20]


async def test_a_head_may_come_in_pieces():
    async def drip(_: bytes, writer: asyncio.StreamWriter) -> None:
        for byte in answer(LENGTH, b"X Y: 1", LENGTH):
            writer.write(bytes([byte]))
            await writer.drain()

    async with serve_raw(drip) as server, Fetcher(allow=frozenset({server.name})) as fetcher:
        assert (await fetcher.get(server.url(), kind="feed")).body == FEED


async def test_a_kept_connection_is_used_again_after_a_fault():
    raw = answer(LENGTH, LENGTH, b"X Y: 1")
    async with (
        serve_raw({"/a": raw, "/b": raw}) as server,
        Fetcher(allow=frozenset({server.name})) as fetcher,
    ):
        for path in ("/a", "/b", "/a"):
            assert (await fetcher.get(server.url(path), kind="feed")).body == FEED


async def test_a_connection_reset_in_the_body_is_a_failure():
    async def reset(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"Content-Length: 500"))
        await writer.drain()
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    async with serve_raw(reset) as server, Fetcher(allow=frozenset({server.name})) as fetcher:
        with pytest.raises(FetchFailed) as failed:
            await fetcher.get(server.url(), kind="feed")
    assert failed.value.outcome is FetchOutcome.BAD_RESPONSE


@pytest.mark.parametrize(
    "header",
    [
        b"text/xml; charset=ISO-8859-2",
        b"text/xml; charset='ISO-8859-2'",
        b'text/xml; charset="ISO-8859-2',
        b"text/xml charset=ISO-8859-2",
        b"text/xml;; charset = ISO-8859-2 ;",
        b"text/xml\r\nContent-Type: text/xml; charset=ISO-8859-2",
    ],
)
async def test_a_charset_is_found_in_any_notation(header):
    raw = answer(LENGTH).replace(b"text/xml", header)
    async with serve_raw(raw) as server, Fetcher(allow=frozenset({server.name})) as fetcher:
        charset = (await fetcher.get(server.url(), kind="feed")).charset
    assert charset.lower().replace("-", "") == "iso88592"


async def test_a_charset_that_is_not_ascii_is_none():
    raw = answer(LENGTH).replace(b"text/xml", b"text/xml; charset=\xff")
    async with serve_raw(raw) as server, Fetcher(allow=frozenset({server.name})) as fetcher:
        assert (await fetcher.get(server.url(), kind="feed")).charset is None


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (b"/caf\xe9", "/caf%E9"),
        ("/café".encode(), "/caf%C3%A9"),
        (b"/a b", "/a%20b"),
        (b"feed", "/feed"),
        (b"?x=1", "/?x=1"),
    ],
)
async def test_a_redirect_is_followed_as_it_is_written(location, path):
    moved = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
    async with (
        serve_raw({"/": moved, path: answer(LENGTH)}) as server,
        Fetcher(allow=frozenset({server.name})) as fetcher,
    ):
        assert (await fetcher.get(server.url(), kind="feed")).url == server.url(path)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("first", "endless"),
    [
        (CHUNKED + b"1;", b"a" * 65_536),
        (CHUNKED, b"0" * 65_536),
        (CHUNKED, b"1\r\na\r\n" * 10_000),
        (CHUNKED + b"1\r\na\r\n0\r\n", b"X: y\r\n" * 10_000),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1_000),
        (b"", b"\r\n" * 30_000),
    ],
    ids=["extension", "zeros", "small chunks", "trailers", "continue", "hints", "newlines"],
)
async def test_a_response_that_is_mostly_framing_is_given_up_early(first, endless):
    sent = 0

    async def send(_: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(first)
        while True:
            writer.write(endless)
            await writer.drain()
            sent += len(endless)

    async with serve_raw(send) as server, Fetcher(allow=frozenset({server.name})) as fetcher:
        with pytest.raises(FetchFailed) as failed:
            await fetcher.get(server.url(), kind="feed")
    assert failed.value.outcome is FetchOutcome.BAD_RESPONSE
    assert sent < 16 * 1024**2  # with the buffers of both sockets; it was all that came in 30 s


async def test_small_chunks_are_a_body():
    body = FEED * 100
    chunks = b"".join(b"a\r\n%b\r\n" % body[at : at + 10] for at in range(0, len(body) - 9, 10))
    left = body[len(body) // 10 * 10 :]
    end = b"%x\r\n%b\r\n0\r\n\r\n" % (len(left), left) if left else b"0\r\n\r\n"
    raw = CHUNKED + chunks + end
    async with serve_raw(raw) as server, Fetcher(allow=frozenset({server.name})) as fetcher:
        assert (await fetcher.get(server.url(), kind="feed")).body == body
