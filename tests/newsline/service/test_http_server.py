"""The HTTP server under strangers' hands."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from newsline.service import http_server, metrics
from newsline.service.http_server import listening

ENOUGH = 30.0
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def application() -> web.Application:
    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    async def fail(_: web.Request) -> web.Response:
        raise ZeroDivisionError

    served = web.Application()
    served.add_routes([web.get("/", hello), web.get("/broken", fail)])
    return served


async def connect(url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(url)
    return await asyncio.open_connection(address.hostname, address.port)


async def exchange(url: str, request: bytes) -> bytes:
    """What the server says until it hangs up, or to the end of the first answer's head."""
    reader, writer = await connect(url)
    writer.write(request)
    try:
        return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), ENOUGH)
    except asyncio.IncompleteReadError as end:
        return end.partial
    finally:
        writer.close()


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHo", b"\r\n", GET[:-2]])
async def test_a_request_that_never_ends_is_hung_up_on(monkeypatch, begun):
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 0.1)
    async with listening(application(), "127.0.0.1:0", "--status") as url:
        reader, writer = await connect(url)
        writer.write(begun)
        assert await asyncio.wait_for(reader.read(), ENOUGH) == b""
        writer.close()
        assert b"200 OK" in await exchange(url, GET)


async def test_a_connection_that_has_asked_is_kept_for_the_next_request(monkeypatch):
    monkeypatch.setattr(http_server, "HEAD_SECONDS", 0.1)
    async with listening(application(), "127.0.0.1:0", "--status") as url:
        reader, writer = await connect(url)
        for _ in range(3):
            writer.write(GET)
            assert b"200 OK" in await reader.readuntil(b"hello")
            await asyncio.sleep(0.1)
        writer.close()


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHo", GET[:-2]])
async def test_a_later_request_that_never_ends_is_hung_up_on(monkeypatch, begun):
    monkeypatch.setattr(http_server, "IDLE_SECONDS", 0.1)
    async with listening(application(), "127.0.0.1:0", "--status") as url:
        reader, writer = await connect(url)
        writer.write(GET + begun)
        assert (await asyncio.wait_for(reader.read(), ENOUGH)).endswith(b"hello")
        writer.close()


async def test_idle_connections_make_room_for_new_ones(monkeypatch):
    monkeypatch.setattr(http_server, "MOST_CONNECTIONS", 5)
    async with listening(application(), "127.0.0.1:0", "--status") as url:
        held = [await connect(url) for _ in range(20)]
        for _, writer in held:
            writer.write(b"GET / HTTP/1.1\r\n")
        assert b"200 OK" in await exchange(url, GET)
        gone = [asyncio.create_task(reader.read()) for reader, _ in held]
        done, pending = await asyncio.wait(gone, timeout=ENOUGH, return_when="FIRST_COMPLETED")
        assert done
        for task in pending:
            task.cancel()
        for _, writer in held:
            writer.close()


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nX-A: " + b"a" * 9000 + b"\r\n\r\n",
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: [\r\n\r\n",
        b"GET //[ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /%zz HTTP/1.1\r\nHost: x:y:z\r\n\r\n",
        b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 2000 + b"\r\n",
        b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n\xff\xff",
    ],
)
async def test_no_request_writes_to_the_log(caplog, request_):
    async with listening(application(), "127.0.0.1:0", "--status") as url:
        with suppress(ConnectionError):
            await exchange(url, request_)
        assert b"200 OK" in await exchange(url, GET)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_invalid_requests_are_counted(caplog):
    counter = metrics.INVALID_REQUESTS.labels("status")
    before = counter._value.get()
    async with listening(application(), "127.0.0.1:0", "--status") as url:
        await exchange(url, b"GET / HTTP/1.1\r\nX-A: " + b"a" * 9000 + b"\r\n\r\n")
    assert counter._value.get() == before + 1
    assert caplog.text == ""


async def test_a_fault_of_our_own_is_logged(caplog):
    async with listening(application(), "127.0.0.1:0", "--status") as url:
        answer = await exchange(url, b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"500 " in answer
    assert "ZeroDivisionError" in caplog.text


async def test_each_answer_has_headers_against_misuse_by_web_pages():
    async with listening(application(), "127.0.0.1:0", "--status") as url:
        for path in (b"/", b"/missing"):
            head = await exchange(url, GET.replace(b"/ ", path + b" ", 1))
            for line in (
                b"X-Content-Type-Options: nosniff",
                b"frame-ancestors 'none'",
                b"Referrer-Policy: no-referrer",
                b"Cache-Control: no-store",
            ):
                assert line in head
