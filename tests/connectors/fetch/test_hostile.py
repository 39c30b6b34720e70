"""Fetching from servers with malformed or hostile answers, byte for byte."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from connectors.fetch import Fetcher, FetchFailed
from connectors.fetch.response import LONGEST_RETRY_AFTER
from connectors.fetch.throttle import OWN_HOSTS
from newsline.outcomes import FetchOutcome
from tests.support.raw_server import Answer, RawServer, response, serve_raw


def fetcher(*servers: RawServer, seconds: float = 30.0) -> Fetcher:
    return Fetcher(allow=frozenset(server.name for server in servers), seconds=seconds)


async def failure(answer: Answer | bytes, seconds: float = 30.0) -> FetchFailed:
    async with serve_raw(answer) as server, fetcher(server, seconds=seconds) as fetching:
        with pytest.raises(FetchFailed) as failed:
            await fetching.get(server.url(), kind="feed")
        return failed.value


async def test_header_bytes_that_are_no_utf_8_reach_nobody():
    answer = response(b"x", b"ETag: \xff", b"Last-Modified: \xfe")
    async with serve_raw(answer) as server, fetcher(server) as fetching:
        got = await fetching.get(server.url(), kind="feed")
    assert (got.etag, got.last_modified) == (None, None)
    (await failure(response(status=b"503 \xff\xfe"))).detail.encode()


@pytest.mark.parametrize("value", [b"99999999999999", b"Wed, 21 Oct 2099 07:28:00 GMT"])
async def test_nobody_is_left_alone_for_more_than_a_day(value):
    failed = await failure(response(b"", b"Retry-After: " + value, status=b"429 Slow"))
    assert failed.retry_after == LONGEST_RETRY_AFTER


async def test_retry_after_as_a_date_counts_from_now():
    date = format_datetime(datetime.now(UTC) + timedelta(hours=12), usegmt=True).encode()
    failed = await failure(response(b"", b"Retry-After: " + date, status=b"503 Later"))
    assert 6 * 3600 < failed.retry_after <= 12 * 3600


async def test_an_endless_body_is_cut_off():
    async def pour(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(bytes(65536))
            await writer.drain()

    assert (await failure(pour)).outcome is FetchOutcome.TOO_LARGE


async def test_a_body_that_keeps_dripping_runs_out_of_time():
    async def drip(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    assert (await failure(drip, seconds=0.3)).outcome is FetchOutcome.TIMEOUT


@pytest.mark.parametrize(
    "answer",
    [
        response(gzip.compress(b"") * 5000, b"Content-Encoding: gzip"),
        response(b"(\xb5/\xfdabc", b"Content-Encoding: zstd"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
    ids=["gzip members", "zstd", "two lengths", "half a chunk"],
)
async def test_what_cannot_be_decoded_is_a_bad_response(answer):
    assert (await failure(answer)).outcome is FetchOutcome.BAD_RESPONSE


async def test_a_reset_connection_is_a_failure():
    async def reset(_: bytes, writer: asyncio.StreamWriter) -> None:
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    assert (await failure(reset)).outcome is FetchOutcome.BAD_RESPONSE


@pytest.mark.parametrize(
    "url",
    [
        "http://a..b/",
        "http://host.invalid/\ud800",
        "\x00http://host.invalid/",
        "http://host.invalid\r\n/",
        "http://%31.invalid/",
        "http://host.invalid:port/",
        "http://" + "a" * 1_000_000,
    ],
    ids=lambda url: ascii(url[:30]),
)
async def test_an_odd_url_is_a_failure_like_any_other(url):
    async with Fetcher() as fetching:
        with pytest.raises(FetchFailed) as failed:
            await fetching.get(url, kind="feed")
    assert failed.value.outcome in {FetchOutcome.DNS, FetchOutcome.BAD_URL}


async def test_a_cancelled_fetch_is_cancelled_and_gives_its_seat_back():
    asked = asyncio.Event()

    async def wait(_: bytes, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await asyncio.sleep(60)

    async with serve_raw(wait) as server, fetcher(server) as fetching:
        for _ in range(2 * OWN_HOSTS.concurrency):
            task = asyncio.create_task(fetching.get(server.url(), kind="feed"))
            await asked.wait()
            asked.clear()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task


async def test_a_page_that_robots_txt_disallows_is_not_requested():
    pages = {"/robots.txt": response(b"User-agent: *\nDisallow: /no"), "/no": response(b"x")}
    async with serve_raw(pages) as server, fetcher(server) as fetching:
        with pytest.raises(FetchFailed) as failed:
            await fetching.get(server.url("/no"), kind="page")
        assert failed.value.outcome is FetchOutcome.ROBOTS
        assert server.paths() == ["/robots.txt"]
        assert (await fetching.get(server.url("/no"), kind="feed")).body == b"x"


async def test_robots_txt_counts_for_the_page_that_one_is_redirected_to():
    pages = {
        "/robots.txt": response(b"User-agent: *\nDisallow: /no"),
        "/yes": response(b"", b"Location: /no", status=b"302 X"),
    }
    async with serve_raw(pages) as server, fetcher(server) as fetching:
        with pytest.raises(FetchFailed) as failed:
            await fetching.get(server.url("/yes"), kind="page")
    assert failed.value.outcome is FetchOutcome.ROBOTS
    assert server.paths() == ["/robots.txt", "/yes"]


async def test_of_an_overlong_robots_txt_the_beginning_counts():
    rules = b"User-agent: *\nDisallow: /no\n" + b"# and so on\n" * 100_000
    async with serve_raw({"/robots.txt": response(rules)}) as server, fetcher(server) as fetching:
        with pytest.raises(FetchFailed) as failed:
            await fetching.get(server.url("/no"), kind="page")
    assert failed.value.outcome is FetchOutcome.ROBOTS
