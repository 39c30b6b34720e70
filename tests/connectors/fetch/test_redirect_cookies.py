"""Cookies that a redirect sets: which URL of the same fetch they go to."""

import pytest
from aiohttp import web
from yarl import URL

from connectors.fetch import Fetcher, FetchFailed
from connectors.fetch.redirect_cookies import MAX_BYTES, RedirectCookies
from newsline.outcomes import FetchOutcome
from tests.support.http_server import Server, serve

SHOP = "https://shop.example.com/a/page"


def sent(url: str, *set_cookie: str, by: str = SHOP) -> str:
    """The Cookie header to ``url`` after these Set-Cookie headers."""
    cookies = RedirectCookies()
    cookies.receive(set_cookie, URL(by))
    return cookies.headers(URL(url)).get("Cookie", "")


@pytest.mark.parametrize(
    ("set_cookie", "url"),
    [
        ("s=1", "https://shop.example.com/a/other"),
        ("s=1; Path=/", "https://shop.example.com/"),
        ("s=1; path=/a", "https://shop.example.com/a"),
        ("s=1; Domain=Example.COM; Path=/", "https://news.example.com/"),
        ("s=1; domain=.example.com; Path=/", "https://example.com/"),
        ("s=1; Path=/; Secure; HttpOnly; SameSite=Strict", "https://shop.example.com/"),
        ("s=1; Path=/", "http://shop.example.com:8080/"),
        ("s=1; Path=/; Max-Age=60", "https://shop.example.com/"),
        ("s=1; Path=/; Max-Age=soon", "https://shop.example.com/"),
        ("s=1; Path=/; Expires=Wed, 01 Jan 2098 00:00:00 GMT", "https://shop.example.com/"),
    ],
)
async def test_a_cookie_goes_to_the_hosts_and_paths_that_it_is_for(set_cookie, url):
    assert sent(url, set_cookie) == "s=1"


@pytest.mark.parametrize(
    ("set_cookie", "url"),
    [
        ("s=1; Path=/", "https://example.com/"),
        ("s=1; Path=/", "https://news.example.com/"),
        ("s=1; Path=/", "https://evil-shop.example.com/"),
        ("s=1; Path=/; Domain=example.com", "https://badexample.com/"),
        ("s=1; Path=/; Domain=other.example", "https://other.example/"),
        ("s=1; Path=/; Domain=other.example", SHOP),
        ("s=1; Path=/; Domain=com", "https://other.com/"),
        ("s=1; Path=/; Secure", "http://shop.example.com/"),
        ("s=1; Path=/b", "https://shop.example.com/a"),
        ("s=1; Path=/a", "https://shop.example.com/ab"),
        ("s=1; Path=/; Max-Age=0", SHOP),
        ("s=1; Path=/; Max-Age=-1; Expires=Wed, 01 Jan 2098 00:00:00 GMT", SHOP),
        ("s=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", SHOP),
        ("s=1; Path=/; Expires=Thu, 01-Jan-1970 00:00:00 GMT", SHOP),
        ("no cookie", SHOP),
        ("s=\udcff", SHOP),
        ("", SHOP),
    ],
)
async def test_a_cookie_goes_to_no_other_place(set_cookie, url):
    assert sent(url, set_cookie) == ""


@pytest.mark.parametrize("suffix", ["co.uk", "com.au", "github.io"])
async def test_a_cookie_for_a_public_suffix_is_refused(suffix):
    by = f"https://one.{suffix}/"
    assert sent(f"https://two.{suffix}/", f"s=1; Path=/; Domain={suffix}", by=by) == ""


async def test_a_cookie_of_an_ip_address_goes_to_that_address_only():
    assert sent("http://127.0.0.1:81/", "s=1", by="http://127.0.0.1:80/") == "s=1"
    assert sent("http://127.0.0.2/", "s=1", by="http://127.0.0.1/") == ""
    assert sent("http://9.0.0.1/", "s=1; Domain=0.0.1", by="http://127.0.0.1/") == ""


async def test_a_later_cookie_replaces_or_deletes_an_earlier_one():
    assert sent(SHOP, "s=1", "t=2", "s=3") == "s=3; t=2"
    assert sent(SHOP, "s=1", "t=2", "s=; Max-Age=0") == "t=2"


async def test_a_value_is_returned_as_it_came():
    assert sent(SHOP, 's={"a":1}=b%20|c') == 's={"a":1}=b%20|c'


async def test_the_header_is_limited():
    header = sent(SHOP, *(f"c{n}={'x' * 3_000}" for n in range(20)))
    assert 0 < len(header) <= MAX_BYTES


def wants_cookie(site: Server, path: str) -> None:
    """The page, behind a redirect to itself that sets a cookie."""

    async def answer(request: web.Request) -> web.Response:
        if request.cookies.get("seen") == "1":
            return web.Response(body=b"here")
        return web.Response(status=302, headers={"Location": path, "Set-Cookie": "seen=1; Path=/"})

    site.answers[path] = answer


@pytest.mark.parametrize("kind", ["feed", "page"])
async def test_a_redirect_that_wants_its_cookie_back_gets_it(kind):
    async with serve() as site, Fetcher(allow=frozenset({site.host})) as fetcher:
        wants_cookie(site, "/feed")
        assert (await fetcher.get(f"{site.url}/feed", kind=kind)).body == b"here"


async def test_cookies_are_forgotten_after_the_fetch():
    async with serve() as site, Fetcher(allow=frozenset({site.host})) as fetcher:
        wants_cookie(site, "/feed")
        site.says("/other", "other")
        await fetcher.get(f"{site.url}/feed", kind="feed")
        await fetcher.get(f"{site.url}/other", kind="page")
        await fetcher.get(f"{site.url}/feed", kind="feed")
        cookies = [(each.path, each.headers.get("Cookie")) for each in site.requests]
    assert cookies == [
        ("/feed", None),
        ("/feed", "seen=1"),
        ("/robots.txt", None),
        ("/other", None),
        ("/.well-known/tdmrep.json", None),
        ("/feed", None),
        ("/feed", "seen=1"),
    ]


async def test_a_redirect_to_another_site_gets_no_cookie():
    async with serve() as site, serve() as other:
        port = other.host.rpartition(":")[2]
        site.says("/feed", status=302, Location=f"http://localhost:{port}/", Set_Cookie="s=1")
        other.says("/", "here")
        allowed = frozenset({site.host, f"localhost:{port}"})
        async with Fetcher(allow=allowed) as fetcher:
            await fetcher.get(f"{site.url}/feed", kind="feed")
        assert "Cookie" not in other.requests[0].headers


async def test_a_redirect_loop_with_cookies_ends():
    async with serve() as site, Fetcher(allow=frozenset({site.host})) as fetcher:
        site.says("/feed", status=302, Location="/feed", Set_Cookie="s=1")
        with pytest.raises(FetchFailed) as failed:
            await fetcher.get(f"{site.url}/feed", kind="feed")
    assert failed.value.outcome is FetchOutcome.MOVED_TOO_OFTEN
