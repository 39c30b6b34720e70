"""An exception from the address guard belongs to the feed that needs it."""

from __future__ import annotations

import pytest
from aiohttp import web
from yarl import URL

from connectors.fetch import Fetcher, FetchFailed, guard
from connectors.fetch.allowances import Allowances, Allowed
from newsline.outcomes import FetchOutcome
from tests.support.http_server import LoopbackResolver, serve

OWN = "http://intranet.example:8000/feed"
PUBLIC = "https://evil.example/feed"


@pytest.mark.parametrize(
    ("written", "url", "covered"),
    [
        ("10.0.0.1:8000", "http://10.0.0.1:8000/any", True),
        ("10.0.0.1:8000", "http://10.0.0.1:8001/any", False),
        ("10.0.0.1:8000", "http://10.0.0.1/any", False),
        ("intranet", "http://intranet/any", True),
        ("intranet", "https://intranet/any", True),
        ("intranet", "https://intranet:8443/any", True),
        ("intranet", "http://intranet:6379/any", False),
        ("INTRANET", "http://intranet./any", True),
        ("intranet.", "http://Intranet/any", True),
        ("bücher.example", "http://xn--bcher-kva.example/", True),
        ("[::1]:7000", "http://[0:0:0:0:0:0:0:1]:7000/", True),
        ("[::1]:7000", "http://[::ffff:127.0.0.1]:7000/", False),
        ("127.0.0.1", "http://127.1/", False),
        ("127.0.0.1", "http://2130706433/", False),
        ("intranet", "http://intranet@evil.example/", False),
        ("intranet", "http://evil.example/intranet", False),
        ("intranet", "http://evil.intranet/", False),
        ("intranet/news", "http://intranet/news", True),
        ("intranet/news", "http://intranet/news/1?x=2", True),
        ("intranet/news/", "http://intranet/news/1", True),
        ("intranet/news", "http://intranet/newsroom", False),
        ("intranet/news", "http://intranet/admin", False),
        ("intranet/news", "http://intranet/news/../admin", False),
        ("intranet/news", "http://intranet/news/%2e%2e/admin", False),
        ("intranet/news", "http://intranet/news/..%2fadmin", False),
        ("intranet/news", "http://intranet/news/%252e%252e%252fadmin", False),
        ("intranet/news", "http://intranet/news/..%5cadmin", False),
        ("intranet/news", "http://intranet/news/..;/admin", False),
        ("intranet/news", "http://intranet/news/%2e%2e;x/admin", False),
        ("intranet/news", "http://intranet/news/.%00./admin", False),
        ("intranet/news", "http://intranet/news/%25252e%25252e/admin", False),
        ("intranet/news/../admin", "http://intranet/admin/x", True),
    ],
)
def test_an_exception_covers_a_host_its_ports_and_what_is_below_its_path(written, url, covered):
    assert Allowed.parse(written).covers(URL(url)) is covered


@pytest.mark.parametrize(
    "written",
    ["", "http://intranet/", "a b", "intranet:", "intranet:0", "intranet:99999", "user@intranet"],
)
def test_what_names_no_host_is_no_exception(written):
    with pytest.raises(ValueError, match=r"HOST|host"):
        Allowed.parse(written)


def test_a_host_for_all_feeds_holds_for_those_listed_there():
    allowances = Allowances(["intranet.example:8000"])
    assert allowances.of(OWN).covers(URL("http://intranet.example:8000/page"))
    assert not allowances.of(PUBLIC).covers(URL("http://intranet.example:8000/page"))


def test_a_host_of_one_feed_holds_for_that_one_whatever_its_login():
    allowances = Allowances((), {"https://me:secret@club.example/feed": ["10.0.0.1:8000"]})
    page = URL("http://10.0.0.1:8000/page")
    assert allowances.of("https://club.example/feed").covers(page)
    assert not allowances.of("https://club.example/other").covers(page)


def outcome(failed: pytest.ExceptionInfo[FetchFailed]) -> FetchOutcome:
    return failed.value.outcome


async def test_no_link_of_another_feed_reaches_an_allowed_host():
    async with serve() as inside, Fetcher(allow=frozenset({inside.host})) as fetcher:
        inside.says("/page", "secret")
        for kind in ("page", "feed"):
            with pytest.raises(FetchFailed) as failed:
                await fetcher.get(f"{inside.url}/page", feed=PUBLIC, kind=kind)
            assert outcome(failed) is FetchOutcome.ADDRESS_REFUSED
        with pytest.raises(FetchFailed):
            await fetcher.post(f"{inside.url}/delete", {}, feed=PUBLIC)
        assert not inside.requests
        allowed = await fetcher.get(f"{inside.url}/page", feed=f"{inside.url}/feed", kind="page")
        assert allowed.body == b"secret"
        assert "/robots.txt" in inside.paths


async def test_the_refusal_of_one_feed_is_not_kept_for_the_feed_that_is_allowed():
    async with serve() as inside, Fetcher(allow=frozenset({inside.host})) as fetcher:
        inside.says("/page", "secret")
        inside.says("/robots.txt", "User-agent: *\nDisallow: /private")
        own = f"{inside.url}/feed"
        for _ in range(2):
            with pytest.raises(FetchFailed):
                await fetcher.get(f"{inside.url}/page", feed=PUBLIC, kind="page")
            assert (await fetcher.get(f"{inside.url}/page", feed=own, kind="page")).status == 200
        with pytest.raises(FetchFailed) as failed:
            await fetcher.get(f"{inside.url}/private", feed=PUBLIC, kind="page")
        assert outcome(failed) is FetchOutcome.ADDRESS_REFUSED  # and not what its file says


@pytest.mark.parametrize(
    ("listed_at", "reached"), [("inside", True), ("outside", True), ("elsewhere", False)]
)
async def test_a_redirect_reaches_an_allowed_host_from_the_feeds_own_site_only(
    monkeypatch, listed_at, reached
):
    async with serve() as inside, serve() as outside:
        names = {"inside": inside.host, "outside": f"outside.example:{outside.host[10:]}"}
        names["elsewhere"] = "elsewhere.example"
        inside.says("/page", "secret")
        outside.says("/page", status=302, Location=f"{inside.url}/page")
        feed = f"http://{names[listed_at]}/feed"
        allow = {feed: [inside.host]}
        monkeypatch.setattr(guard, "refusal", lambda _: None)  # all servers here are at 127.0.0.1
        monkeypatch.setattr(guard, "USUAL_PORTS", {int(outside.host[10:])})
        async with Fetcher(feed_allow=allow, resolver=LoopbackResolver()) as fetcher:
            link = f"http://{names['outside']}/page"
            if listed_at == "inside":
                link = f"{inside.url}/page"
            if reached:
                assert (await fetcher.get(link, feed=feed, kind="feed")).body == b"secret"
            else:
                with pytest.raises(FetchFailed) as failed:
                    await fetcher.get(link, feed=feed, kind="feed")
                assert outcome(failed) is FetchOutcome.ADDRESS_REFUSED
                assert not inside.requests


@pytest.mark.parametrize("port", [22, 25, 6379, 11211, 2375, 50000])
async def test_a_port_of_no_web_server_is_asked_nothing(monkeypatch, port):
    monkeypatch.setattr(guard, "refusal", lambda _: None)
    async with Fetcher(resolver=LoopbackResolver()) as fetcher:
        for kind in ("feed", "page"):
            with pytest.raises(FetchFailed, match=f"port {port}") as failed:
                await fetcher.get(f"http://courier.example:{port}/", kind=kind)
            assert outcome(failed) is FetchOutcome.ADDRESS_REFUSED


async def test_a_redirect_to_a_port_of_no_web_server_is_not_followed(monkeypatch):
    monkeypatch.setattr(guard, "refusal", lambda _: None)
    async with serve() as site:
        site.says("/feed", status=302, Location="http://courier.example:6379/")
        allow = frozenset({site.host})
        async with Fetcher(allow=allow, resolver=LoopbackResolver()) as fetcher:
            with pytest.raises(FetchFailed, match="port 6379"):
                await fetcher.get(f"{site.url}/feed", kind="feed")


async def test_a_login_goes_to_the_origin_of_its_feed_only():
    async def moved(_: web.Request) -> web.Response:
        raise web.HTTPFound(f"{other.url}/feed")

    async with serve() as site, serve() as other:
        site.answers["/feed"] = moved
        other.says("/feed", "hello")
        site.says("/page", "hello")
        hosts = frozenset({site.host, other.host})
        feed = f"{site.url}/feed"
        async with Fetcher(allow=hosts, logins={feed: "me:secret"}) as fetcher:
            await fetcher.get(feed, feed=feed, kind="feed")
            await fetcher.get(f"{site.url}/page", feed=feed, kind="page")
        sent = [(each.path, "Authorization" in each.headers) for each in site.requests]
        assert sent[0] == ("/feed", True)
        assert not any(has_login for _, has_login in sent[1:])
        assert not any("Authorization" in each.headers for each in other.requests)
