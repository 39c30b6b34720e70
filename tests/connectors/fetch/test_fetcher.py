from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.metadata import version

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from connectors.fetch import Fetcher, FetchFailed, Redirect, Validators
from connectors.fetch import fetcher as fetcher_module
from connectors.fetch.throttle import OWN_HOSTS
from newsline.outcomes import FetchOutcome
from tests.support.http_server import Server, serve, serve_bytes

MIB = 1024 * 1024


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    async with serve() as server:
        yield server


@pytest_asyncio.fixture
async def fetcher(server: Server) -> AsyncIterator[Fetcher]:
    async with Fetcher(
        allow=frozenset({server.host}), contact="https://example.org/bot"
    ) as fetcher:
        yield fetcher


async def failure(fetcher: Fetcher, url: str, kind: str = "feed") -> FetchFailed:
    with pytest.raises(FetchFailed) as failed:
        await fetcher.get(url, kind=kind)
    assert "\n" not in failed.value.detail
    return failed.value


async def outcome_of_bytes(
    answer: bytes, *, stay: bool = False, seconds: float = 30.0
) -> FetchOutcome:
    async with (
        serve_bytes(answer, stay=stay) as host,
        Fetcher(allow=frozenset({host}), seconds=seconds) as fetcher,
    ):
        return (await failure(fetcher, f"http://{host}/")).outcome


async def test_a_response_carries_what_the_next_poll_needs(server, fetcher):
    server.says(
        "/feed",
        "<rss/>",
        Content_Type="application/rss+xml; charset=ISO-8859-1",
        ETag='W/"a b"',
        Last_Modified="Mon, 1 Jan 2024 00:00:00 GMT",
        Cache_Control="public, Max-Age=300",
    )
    response = await fetcher.get(f"{server.url}/feed#top", kind="feed")
    assert (response.status, response.body) == (200, b"<rss/>")
    assert (response.content_type, response.charset) == ("application/rss+xml", "ISO-8859-1")
    assert (response.etag, response.fresh_for) == ('W/"a b"', 300.0)
    assert response.last_modified == "Mon, 1 Jan 2024 00:00:00 GMT"
    assert response.url == f"{server.url}/feed"
    assert response.fetched_at.tzinfo


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Expires": "Fri, 31 Dec 1999 23:59:59 GMT"}, 0.0),
        ({"Expires": "0"}, None),
        ({"Expires": "Fri, 31 Dec 1999 23:59:59 GMT", "Cache_Control": "max-age=60"}, 60.0),
        ({"Cache_Control": "no-store"}, None),
    ],
)
async def test_how_long_a_response_is_fresh_is_in_seconds(server, fetcher, headers, seconds):
    server.says("/feed", "<rss/>", **headers)
    assert (await fetcher.get(f"{server.url}/feed", kind="feed")).fresh_for == seconds


async def test_a_response_is_fresh_until_it_expires(server, fetcher):
    server.says(
        "/feed",
        "<rss/>",
        Expires=format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True),
    )
    fresh_for = (await fetcher.get(f"{server.url}/feed", kind="feed")).fresh_for
    assert 3_500 < fresh_for <= 3_600


async def test_validators_go_back_word_for_word_and_a_304_is_an_answer(server, fetcher):
    server.says("/feed", status=304)
    validators = Validators('W/"odd, one"', "yesterday, they said")
    response = await fetcher.get(f"{server.url}/feed", validators=validators, kind="feed")
    headers = server.requests[0].headers
    assert (response.status, response.body) == (304, b"")
    assert headers["If-None-Match"] == 'W/"odd, one"'
    assert headers["If-Modified-Since"] == "yesterday, they said"


async def test_a_publisher_sees_who_asks(server, fetcher):
    server.says("/feed")
    await fetcher.get(f"{server.url}/feed", kind="feed")
    headers = server.requests[0].headers
    assert headers["User-Agent"] == f"newsline/{version('newsline')} (+https://example.org/bot)"
    assert headers["Accept-Encoding"] == "gzip, deflate"
    assert "Cookie" not in headers


async def test_no_cookie_is_kept(server, fetcher):
    server.says("/feed", Set_Cookie="seen=1")
    for _ in range(2):
        await fetcher.get(f"{server.url}/feed", kind="feed")
    assert "Cookie" not in server.requests[1].headers


async def test_credentials_of_a_url_are_used_and_not_published(server, fetcher):
    server.says("/feed")
    response = await fetcher.get(f"http://me:secret@{server.host}/feed", kind="feed")
    assert server.requests[0].headers["Authorization"].startswith("Basic ")
    assert response.url == f"{server.url}/feed"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (401, FetchOutcome.FORBIDDEN),
        (403, FetchOutcome.FORBIDDEN),
        (404, FetchOutcome.NOT_FOUND),
        (410, FetchOutcome.GONE),
        (418, FetchOutcome.CLIENT_ERROR),
        (429, FetchOutcome.THROTTLED),
        (451, FetchOutcome.FORBIDDEN),
        (500, FetchOutcome.SERVER_ERROR),
        (503, FetchOutcome.SERVER_ERROR),
        (300, FetchOutcome.BAD_RESPONSE),
        (302, FetchOutcome.BAD_RESPONSE),
    ],
)
async def test_a_status_has_its_outcome(server, fetcher, status, outcome):
    server.says("/feed", "sorry", status=status)
    assert (await failure(fetcher, f"{server.url}/feed")).outcome is outcome


async def test_a_304_that_nobody_asked_for_is_no_answer(server, fetcher):
    server.says("/feed", status=304)
    assert (await failure(fetcher, f"{server.url}/feed")).outcome is FetchOutcome.BAD_RESPONSE


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("Fri, 99 Dec 99999", None),
    ],
)
async def test_what_the_server_asks_to_wait_is_in_seconds(server, fetcher, value, seconds):
    server.says("/feed", status=503, Retry_After=value)
    assert (await failure(fetcher, f"{server.url}/feed")).retry_after == seconds


async def test_redirects_are_followed_and_the_permanent_ones_marked(server, fetcher):
    server.says("/old", status=301, Location="/older")
    server.says("/older", status=302, Location=f"{server.url}/new?a=ä")
    server.says("/new", "here")
    response = await fetcher.get(f"{server.url}/old", kind="feed")
    assert response.body == b"here"
    assert response.url == f"{server.url}/new?a=%C3%A4"
    assert response.redirects == (
        Redirect(f"{server.url}/old", True),
        Redirect(f"{server.url}/older", False),
    )


async def test_a_redirect_loop_ends(server, fetcher):
    server.says("/feed", status=302, Location="/feed")
    assert (await failure(fetcher, f"{server.url}/feed")).outcome is FetchOutcome.MOVED_TOO_OFTEN
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://example.org/",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "http://a:99999/",
        "http://[::1/",
        "data:text/html,hello",
        "javascript:alert(1)",
    ],
)
async def test_a_redirect_leads_nowhere_but_to_http(server, fetcher, location):
    server.says("/feed", status=302, Location=location)
    assert (await failure(fetcher, f"{server.url}/feed")).outcome is FetchOutcome.BAD_URL


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://h:99999/",
        "ftp://h/",
        "http://h/" + 3_000 * "a",
        "http://[bad/",
        "http://\ud800/",
    ],
)
async def test_what_is_no_url_is_not_fetched(fetcher, url):
    assert (await failure(fetcher, url)).outcome is FetchOutcome.BAD_URL


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0"]
)
async def test_a_private_address_is_refused_literal_or_by_name(server, host):
    server.says("/feed", "secret")
    port = server.host.rpartition(":")[2]
    async with Fetcher() as fetcher:
        failed = await failure(fetcher, f"http://{host}:{port}/feed")
    assert failed.outcome is FetchOutcome.ADDRESS_REFUSED
    assert not server.requests


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "127.0.0.1."])
async def test_an_oddly_written_private_address_is_not_reached(server, host):
    server.says("/feed", "secret")
    port = server.host.rpartition(":")[2]
    async with Fetcher() as fetcher:
        await failure(fetcher, f"http://{host}:{port}/feed")
    assert not server.requests


async def test_an_allowed_host_cannot_lead_to_another_private_one(server):
    async with serve() as secret:
        secret.says("/", "secret")
        server.says("/feed", status=302, Location=f"{secret.url}/")
        async with Fetcher(allow=frozenset({server.host})) as fetcher:
            failed = await failure(fetcher, f"{server.url}/feed")
        assert failed.outcome is FetchOutcome.ADDRESS_REFUSED
        assert not secret.requests


async def test_an_allowed_names_open_connection_serves_no_other_name(server):
    server.says("/feed", "hello")
    port = server.host.rpartition(":")[2]
    async with Fetcher(allow=frozenset({server.host})) as fetcher:
        await fetcher.get(f"{server.url}/feed", kind="feed")
        failed = await failure(fetcher, f"http://localhost:{port}/feed")
    assert failed.outcome is FetchOutcome.ADDRESS_REFUSED


async def test_a_name_whose_address_changes_to_a_private_one_is_refused(server, monkeypatch):
    """DNS rebinding: the name was public when it was looked up first."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    resolver = aiohttp.ThreadedResolver

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [
            {"hostname": host, "host": a, "port": port, "family": family, "proto": 0, "flags": 0}
            for a in next(answers)
        ]

    monkeypatch.setattr(resolver, "resolve", resolve)
    monkeypatch.setattr(fetcher_module, "DNS_CACHE_SECONDS", 0)
    port = server.host.rpartition(":")[2]
    async with Fetcher(seconds=0.2) as fetcher:
        await failure(fetcher, f"http://rebinding.example:{port}/feed")
        failed = await failure(fetcher, f"http://rebinding.example:{port}/feed")
    assert failed.outcome is FetchOutcome.ADDRESS_REFUSED
    assert not server.requests


async def test_the_proxy_of_the_environment_is_not_used(server, fetcher, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.says("/feed", "direct")
    assert (await fetcher.get(f"{server.url}/feed", kind="feed")).body == b"direct"


async def test_a_name_that_does_not_resolve_is_a_dns_failure():
    async with Fetcher() as fetcher:
        failed = await failure(fetcher, "http://no-such-host.invalid/feed")
        also = await failure(fetcher, f"http://{70 * 'a'}.example/feed")
    assert failed.outcome is also.outcome is FetchOutcome.DNS


async def test_a_closed_port_is_a_connect_failure():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        async with Fetcher(allow=frozenset({host})) as fetcher:
            assert (await failure(fetcher, f"http://{host}/")).outcome is FetchOutcome.CONNECT


async def test_plain_http_on_a_tls_url_is_a_tls_failure(server, fetcher):
    assert (await failure(fetcher, f"https://{server.host}/")).outcome is FetchOutcome.TLS


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: minus\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\n\x01\x02\x03\x04\x05",
        b"HTTP/1.1 200 OK\r\nX: " + 300_000 * b"a" + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + 100_000 * b"X: a\r\n" + b"\r\n",
        b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=[
        "nothing",
        "no http",
        "short",
        "bad length",
        "bad chunk",
        "brotli",
        "large header",
        "many headers",
        "status 999",
    ],
)
async def test_what_is_no_proper_http_is_a_bad_response(answer):
    expected = (FetchOutcome.BAD_RESPONSE, FetchOutcome.SERVER_ERROR)
    assert await outcome_of_bytes(answer) in expected


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nslow"], ids=["silent", "stuck"]
)
async def test_a_server_that_stops_talking_is_left_in_time(answer):
    assert await outcome_of_bytes(answer, stay=True, seconds=0.2) is FetchOutcome.TIMEOUT


async def test_the_deadline_is_for_all_redirects_together(server):
    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(0.2)
        return web.Response(status=302, headers={"Location": "/feed"})

    server.answers["/feed"] = slow
    async with Fetcher(allow=frozenset({server.host}), seconds=0.5) as fetcher:
        assert (await failure(fetcher, f"{server.url}/feed")).outcome is FetchOutcome.TIMEOUT


async def test_a_page_may_have_5_mib_and_a_feed_10(server, fetcher):
    server.says("/", 7 * MIB * b"x")
    assert (await failure(fetcher, f"{server.url}/", "page")).outcome is FetchOutcome.TOO_LARGE
    assert len((await fetcher.get(f"{server.url}/", kind="feed")).body) == 7 * MIB


@pytest.mark.parametrize(
    ("encoding", "compress"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
async def test_a_decompression_bomb_is_left_at_the_cap(server, fetcher, encoding, compress):
    bomb = compress(200 * MIB * b"\0")
    server.says("/feed", bomb, Content_Encoding=encoding)
    tracemalloc.start()
    try:
        failed = await failure(fetcher, f"{server.url}/feed")
        assert tracemalloc.get_traced_memory()[1] < 40 * MIB
    finally:
        tracemalloc.stop()
    assert failed.outcome is FetchOutcome.TOO_LARGE


async def test_a_compressed_body_is_decoded(server, fetcher):
    server.says("/feed", gzip.compress(b"<rss/>"), Content_Encoding="gzip")
    assert (await fetcher.get(f"{server.url}/feed", kind="feed")).body == b"<rss/>"


async def test_a_host_has_a_bounded_number_of_requests_at_a_time(server):
    running = most = 0

    async def busy(_: web.Request) -> web.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return web.Response()

    server.answers["/feed"] = busy
    async with Fetcher(allow=frozenset({server.host})) as fetcher:
        get = (fetcher.get(f"{server.url}/feed?{n}", kind="feed") for n in range(100))
        await asyncio.gather(*get)
    assert most == OWN_HOSTS.concurrency


async def test_a_self_signed_certificate_is_a_tls_failure(tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    make = await asyncio.create_subprocess_exec(
        *[
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "1",
            "-subj",
            "/CN=127.0.0.1",
        ],
        *("-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "certificate")),
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await make.wait() == 0
    context.load_cert_chain(tmp_path / "certificate", tmp_path / "key")
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    async with server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with Fetcher(allow=frozenset({host})) as fetcher:
            assert (await failure(fetcher, f"https://{host}/")).outcome is FetchOutcome.TLS


@pytest.mark.parametrize(
    ("header", "links"),
    [
        ('<https://hub.example/>; rel="hub", </feed>; rel=self', {"hub", "self"}),
        ('<https://hub.example/?a,b;c>; title="x, y"; rel="alternate HUB"', {"alternate", "hub"}),
        ("<http://[::1>; rel=hub", set()),
        ("no link; rel=hub, <", set()),
        ("<" * 10_000 + ">;" * 10_000, set()),
    ],
)
async def test_the_links_in_headers_are_found_by_relation(server, fetcher, header, links):
    server.says("/feed", "<rss/>", Link=header)
    response = await fetcher.get(f"{server.url}/feed", kind="feed")
    assert response.links.keys() == links
    assert response.links.get("self", f"{server.url}/feed") == f"{server.url}/feed"


async def test_a_hubs_secret_goes_over_https_only(server, fetcher):
    server.says("/moved", status=307, Location="http://hub.invalid/")
    for url in ("http://hub.invalid/", f"{server.url}/moved"):
        with pytest.raises(FetchFailed, match="is not https: no secret is sent there"):
            await fetcher.post(url, {"hub.secret": "s" * 64})


async def test_a_form_is_posted_through_the_guard_and_where_it_is_redirected_to(server, fetcher):
    received = []

    async def hub(request: web.Request) -> web.Response:
        received.append((request.method, dict(await request.post())))
        return web.Response(status=202, body=b"x" * 1_000_000)

    server.answers["/hub"] = hub
    server.says("/moved", status=307, Location="/hub")
    await fetcher.post(f"{server.url}/moved", {"hub.mode": "subscribe"})
    assert received == [("POST", {"hub.mode": "subscribe"})]
    async with Fetcher() as guarded:
        with pytest.raises(FetchFailed) as failed:
            await guarded.post(f"{server.url}/hub", {})
    assert failed.value.outcome == FetchOutcome.ADDRESS_REFUSED
    assert len(received) == 1
