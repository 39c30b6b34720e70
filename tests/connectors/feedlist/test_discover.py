"""Feed discovery on a real site, with the real fetcher and sandbox."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from connectors.feedlist.discover import DiscoveredFeed, FeedLink, discover, feed_links
from connectors.fetch import Fetcher
from newsline.errors import OperatorError
from tests.connectors.poll.test_sitemaps import index, sitemap
from tests.support.connector_harness import feed, item


def rss(title: str, *dates: str) -> str:
    items = "".join(
        f"<item><link>https://a.example/{n}</link><pubDate>{date}</pubDate></item>"
        for n, date in enumerate(dates)
    )
    return f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'


def home(*feeds: str) -> str:
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="t" href="{each}">'
        for each in feeds
    )
    return f"<!doctype html><html><head><title>Home</title>{links}</head><body></body></html>"


MONDAY, TUESDAY = "Mon, 23 Nov 2026 10:00:00 GMT", "Tue, 24 Nov 2026 10:00:00 GMT"


@pytest.fixture
def find(site, sandbox):
    async def find(path: str = "/") -> Sequence[DiscoveredFeed]:
        async with Fetcher(allow=frozenset({site.host})) as fetcher:
            return await discover(site.url + path, fetcher, sandbox)

    return find


def paths(site, found: Sequence[DiscoveredFeed]) -> list[str]:
    return [one.url.removeprefix(site.url) for one in found]


async def test_the_feeds_that_a_page_names_are_found_the_newest_first(site, find):
    site.says("/", home("/old.xml", "new.xml", "/none.xml", "/page"))
    site.says("/old.xml", rss("Old", MONDAY))
    site.says("/new.xml", rss("New", MONDAY, TUESDAY))
    site.says("/page", home())
    best, other = await find()
    assert paths(site, [best, other]) == ["/new.xml", "/old.xml"]
    assert (best.feed.title, best.size, str(best.newest)[:10]) == ("New", 2, "2026-11-24")


async def test_of_one_day_the_feed_that_is_named_first_goes_first(site, find):
    site.says("/", home("/all.xml", "/sport.xml"))
    site.says("/all.xml", rss("All", TUESDAY))
    site.says("/sport.xml", rss("Sport", TUESDAY.replace("10:00", "11:00")))
    assert paths(site, await find()) == ["/all.xml", "/sport.xml"]


async def test_comments_and_empty_feeds_go_last(site, find):
    site.says("/", home("/empty.xml", "/comments/feed", "/feed.xml"))
    site.says("/empty.xml", rss("Empty"))
    site.says("/comments/feed", rss("Comments for Blog", TUESDAY))
    site.says("/feed.xml", rss("Blog", MONDAY))
    assert paths(site, await find()) == ["/feed.xml", "/comments/feed", "/empty.xml"]


async def test_a_feed_is_its_own(site, find):
    site.says("/feed", feed(item()))
    (found,) = await find("/feed")
    assert (found.url, found.feed.format) == (f"{site.url}/feed", "JSON Feed")


async def test_a_feed_that_no_page_names_is_found_where_feeds_often_are(site, find):
    site.says("/news/", home())
    site.says("/atom.xml", rss("Here", MONDAY))
    assert paths(site, await find("/news/")) == ["/atom.xml"]


async def test_a_guess_obeys_robots_txt(site, find):
    site.says("/", home())
    site.says("/robots.txt", "User-agent: *\nDisallow: /rss")
    site.says("/rss.xml", rss("Hidden", MONDAY))
    assert await find() == []
    assert "/rss.xml" not in site.paths


async def test_a_news_sitemap_in_robots_txt_is_found(site, find):
    site.says("/", home())
    site.says("/robots.txt", f"Sitemap: {site.url}/site.xml\nSitemap: {site.url}/sitemap-news.xml")
    site.says("/site.xml", index(("/a.xml", "")))
    site.says("/sitemap-news.xml", sitemap("harbour"))
    assert paths(site, await find()) == ["/sitemap-news.xml", "/site.xml"]


async def test_a_feed_that_has_moved_for_good_is_found_at_its_new_address(site, find):
    site.says("/", home("/old", "/for-now"))
    site.says("/old", status=301, Location="/new.xml")
    site.says("/for-now", status=302, Location="/new.xml")
    site.says("/new.xml", rss("Moved", MONDAY))
    assert paths(site, await find()) == ["/new.xml", "/for-now"]


async def test_a_feed_with_a_login_that_has_moved_is_taken_as_it_was_given(site, sandbox):
    site.says("/old", status=301, Location="/new.xml")
    site.says("/new.xml", rss("Moved", MONDAY))
    given = site.url.replace("//", "//ana:secret@") + "/old"
    async with Fetcher(allow=frozenset({site.host})) as fetcher:
        (found,) = await discover(given, fetcher, sandbox)
    assert found.url == given


async def test_a_page_that_cannot_be_had_is_told_in_one_line(site, find):
    with pytest.raises(OperatorError, match=r"/missing: .* answers 404") as error:
        await find("/missing")
    assert "\n" not in str(error.value)


async def test_a_page_at_a_private_address_is_not_asked(site, sandbox):
    async with Fetcher() as fetcher:
        with pytest.raises(OperatorError, match=r"127\.0\.0\.1"):
            await discover(site.url, fetcher, sandbox)
    assert site.requests == []


@pytest.mark.parametrize(
    ("head", "links"),
    [
        (
            '<base href="https://b.example/x/"><link rel="alternate home" '
            'type="application/atom+xml; charset=utf-8" href="feed" title="Main">',
            [FeedLink("https://b.example/x/feed", "Main")],
        ),
        ('<link rel=alternate type=application/feed+json href="/f.json">', ["/f.json"]),
        ('<link rel="alternate" type="text/html" href="/de">', []),
        ('<link rel="stylesheet" type="text/xml" href="/x">', []),
        ('<link rel="alternate" type="application/rss+xml" href="javascript:x">', []),
        ('<link rel="alternate" type="application/rss+xml" href="/a">' * 2, ["/a"]),
        ("", []),
    ],
)
def test_a_page_names_feeds_in_its_head(head: str, links: list):
    wanted = [
        each if isinstance(each, FeedLink) else FeedLink(f"https://a.example{each}")
        for each in links
    ]
    page = f"<html><head>{head}</head></html>".encode()
    assert feed_links(page, "https://a.example/") == wanted


@pytest.mark.parametrize("page", [b"\0", b"<", b"\xff" * 9])
def test_no_page_names_no_feed(page: bytes):
    assert feed_links(page, "https://a.example/") == []
