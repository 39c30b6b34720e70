"""An index of sitemaps as a feed: the requests of a poll, and the sitemaps saved."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from connectors.parse import Sitemap
from connectors.poll.sitemaps import SITEMAPS_PER_POLL, may_have_changed
from connectors.state import SeenSitemap
from newsline.service import metrics
from tests.support.connector_harness import story

NOW = datetime.now(UTC)
URL = "https://a.example/1.xml"


def ago(**since: float) -> str:
    return (NOW - timedelta(**since)).isoformat(timespec="seconds")


def index(*sitemaps: tuple[str, str]) -> str:
    items = "".join(
        f"<sitemap><loc>{path}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</sitemap>"
        for path, lastmod in sitemaps
    )
    return f"<sitemapindex>{items}</sitemapindex>"


def sitemap(*names: str) -> str:
    news = "<news><title>News of the {}</title></news>"
    urls = "".join(f"<url><loc>/{name}</loc>{news.format(name)}</url>" for name in names)
    return f"<urlset>{urls}</urlset>"


def sitemaps_read() -> Counter[str]:
    return Counter(metrics.totals(metrics.SITEMAPS)["newsline_sitemaps"])


@pytest.fixture
def pages(site):
    for name in ("harbour", "bridge", "tunnel"):
        site.says(f"/{name}", story(title=f"The {name} reopens"))
    site.says("/one.xml", sitemap("harbour"), ETag='"one"')
    site.says("/two.xml", sitemap("bridge"))
    return site


def asked(site) -> list[str]:
    """The feeds requested since the last call."""
    paths = [path for path in site.paths if path.endswith((".xml", "/feed"))]
    site.requests.clear()
    return paths


async def test_the_sitemaps_of_an_index_are_one_feed(harness, pages):
    pages.says("/feed", index(("/one.xml", ago(hours=2)), ("/two.xml", ago(hours=1))))
    assert await harness.poll() == {"published": 2}
    assert (harness.feed().last_outcome, harness.feed().last_detail) == ("ok", "")


async def test_only_what_has_changed_is_asked_for_again(harness, pages):
    pages.says("/feed", index(("/one.xml", ago(hours=2)), ("/two.xml", ago(hours=1))))
    await harness.poll()
    asked(pages)
    await harness.poll()
    assert asked(pages) == ["/feed"]
    pages.says("/feed", index(("/one.xml", ago(minutes=1)), ("/two.xml", ago(hours=1))))
    pages.says("/one.xml", sitemap("harbour", "tunnel"))
    assert await harness.poll() == {"published": 1, "unchanged": 1}
    assert asked(pages) == ["/feed", "/one.xml"]


async def test_without_a_date_a_sitemap_is_asked_with_its_validators(harness, pages):
    pages.says("/feed", index(("/one.xml", "")))
    await harness.poll()

    async def not_modified(request: web.Request) -> web.Response:
        return web.Response(status=304 if request.headers["If-None-Match"] == '"one"' else 500)

    pages.answers["/one.xml"] = not_modified
    before = sitemaps_read()
    assert await harness.poll() == {}
    assert harness.feed().last_outcome == "ok"
    assert sitemaps_read() - before == {"not_modified": 1}


async def test_a_sitemap_of_long_ago_is_left_alone(harness, pages):
    pages.says("/feed", index(("/one.xml", ago(days=5)), ("/two.xml", ago(hours=1))))
    assert await harness.poll() == {"published": 1}
    assert asked(pages) == ["/feed", "/two.xml"]


async def test_what_one_poll_does_not_reach_the_next_one_does(harness, pages):
    names = [f"/{n}.xml" for n in range(SITEMAPS_PER_POLL + 2)]
    for name in names:
        pages.says(name, sitemap("harbour"))
    pages.says("/feed", index(*((name, ago(minutes=n)) for n, name in enumerate(names))))
    await harness.poll()
    assert sorted(asked(pages)) == sorted(["/feed", *names[:SITEMAPS_PER_POLL]])
    await harness.poll()
    assert sorted(asked(pages)) == sorted(["/feed", *names[SITEMAPS_PER_POLL:]])


async def test_a_sitemap_that_fails_is_told_and_asked_for_again(harness, pages):
    pages.says("/feed", index(("/one.xml", ago(hours=1)), ("/gone.xml", ago(hours=1))))
    before = sitemaps_read()
    assert await harness.poll() == {"published": 1}
    assert sitemaps_read() - before == {"ok": 1, "not_found": 1}
    assert harness.feed().last_detail.startswith("1 of 2 sitemaps failed: ")
    asked(pages)
    pages.says("/gone.xml", sitemap("bridge"))
    assert await harness.poll() == {"published": 1}
    assert harness.feed().last_detail == ""


async def test_an_index_of_which_nothing_can_be_read_has_failed(harness, pages):
    pages.says("/feed", index(("/gone.xml", ago(hours=1))))
    assert await harness.poll() == {}
    assert (harness.feed().last_outcome, harness.feed().failures) == ("not_found", 1)


async def test_an_index_in_an_index_is_followed(harness, pages):
    pages.says("/feed", index(("/inner.xml", ago(hours=1))))
    pages.says("/inner.xml", index(("/one.xml", ago(hours=1)), ("/two.xml", ago(hours=2))))
    assert await harness.poll() == {"published": 2}
    assert (harness.feed().last_outcome, harness.feed().last_detail) == ("ok", "")
    assert asked(pages)[:2] == ["/feed", "/inner.xml"]
    await harness.poll()
    assert asked(pages) == ["/feed"]


async def test_an_inner_index_is_read_again_until_all_its_sitemaps_are(harness, pages):
    names = [f"/{n}.xml" for n in range(SITEMAPS_PER_POLL + 2)]
    for name in names:
        pages.says(name, sitemap("harbour"))
    pages.says("/feed", index(("/inner.xml", ago(hours=1))))
    pages.says("/inner.xml", index(*((name, ago(minutes=n)) for n, name in enumerate(names))))
    await harness.poll()
    assert sorted(asked(pages)) == sorted(["/feed", "/inner.xml", *names[:SITEMAPS_PER_POLL]])
    await harness.poll()
    assert sorted(asked(pages)) == sorted(["/feed", "/inner.xml", *names[SITEMAPS_PER_POLL:]])
    await harness.poll()
    assert asked(pages) == ["/feed"]


async def test_undated_sitemaps_of_an_inner_index_are_asked_for_at_each_poll(harness, pages):
    pages.says("/feed", index(("/inner.xml", ago(hours=1))))
    pages.says("/inner.xml", index(("/one.xml", "")))
    for _ in range(2):
        await harness.poll()
        assert asked(pages) == ["/feed", "/inner.xml", "/one.xml"]


async def test_an_inner_index_of_which_nothing_can_be_read_has_failed(harness, pages):
    pages.says("/feed", index(("/inner.xml", ago(hours=1))))
    pages.says("/inner.xml", index(("/gone.xml", ago(hours=1))))
    assert await harness.poll() == {}
    assert harness.feed().last_outcome == "not_found"


async def test_a_third_index_is_not_followed(harness, pages):
    pages.says("/feed", index(("/inner.xml", ago(hours=1))))
    pages.says("/inner.xml", index(("/third.xml", ago(hours=1))))
    pages.says("/third.xml", index(("/one.xml", ago(hours=1))))
    assert await harness.poll() == {}
    assert harness.feed().last_outcome == "not_a_feed"
    assert asked(pages) == ["/feed", "/inner.xml", "/third.xml"]


async def test_indexes_that_list_each_other_end(harness, pages):
    pages.says("/feed", index(("/feed", ago(hours=1)), ("/one.xml", ago(hours=1))))
    assert await harness.poll() == {"published": 1}


async def test_undated_sitemaps_take_turns(harness, pages):
    names = [f"/{n}.xml" for n in range(SITEMAPS_PER_POLL + 2)]
    for name in names:
        pages.says(name, sitemap("harbour"))
    pages.says("/feed", index(*((name, "") for name in names)))
    await harness.poll()
    assert sorted(asked(pages)) == sorted(["/feed", *names[:SITEMAPS_PER_POLL]])
    await harness.poll()
    assert set(names[SITEMAPS_PER_POLL:]) <= set(asked(pages))


async def test_a_sitemap_whose_entries_are_not_settled_is_read_again(harness, pages):
    pages.says("/feed", index(("/one.xml", ago(hours=1))))
    pages.says("/harbour", status=500)
    assert await harness.poll() == {"server_error": 1}
    pages.says("/harbour", story())
    assert await harness.poll() == {"published": 1}


@pytest.mark.parametrize(
    ("lastmod", "read", "open_"),
    [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z", False),
        ("2026-11-20T10:00:00Z", "2026-11-20T09:00:00Z", True),
        ("2026-11-20T10:00:00Z", "", True),
        ("2026-11-20", "2026-11-20", False),
        ("2026-11-25", "2026-11-25", True),
        ("", "", True),
    ],
)
def test_a_day_that_goes_on_says_no_more_than_none(lastmod: str, read: str, open_: bool):
    now = datetime(2026, 11, 25, 12, tzinfo=UTC)
    changed = may_have_changed(Sitemap(URL, lastmod), SeenSitemap(URL, lastmod=read), now)
    assert changed is open_
