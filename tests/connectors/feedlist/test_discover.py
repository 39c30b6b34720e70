"""Feed discovery on a real site, with the real fetcher and sandbox."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from connectors.feedlist.discover import DiscoveredFeed, discover
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
    with pytest.raises(OperatorError, match=r"/missing answers 404") as error:
        await find("/missing")
    assert "\n" not in str(error.value)
    assert str(error.value).count("http://") == 1


async def test_a_page_at_a_private_address_is_not_asked(site, sandbox):
    async with Fetcher() as fetcher:
        with pytest.raises(OperatorError, match=r"127\.0\.0\.1"):
            await discover(site.url, fetcher, sandbox)
    assert site.requests == []


async def test_a_feed_that_only_the_text_links_is_found(site, find):
    site.says("/", '<body><a href="/about">About</a><a class="rss" href="/news.php?x=1">RSS</a>')
    site.says("/news.php", rss("News", MONDAY))
    assert paths(site, await find()) == ["/news.php?x=1"]


async def test_a_feed_that_only_the_header_names_is_found(site, find):
    link = '<all>; rel="alternate"; type="application/rss+xml"'
    site.says("/", "<p>No link here", Link=link)
    site.says("/all", rss("All", MONDAY))
    assert paths(site, await find()) == ["/all"]


async def test_a_declared_feed_goes_before_those_in_the_text(site, find):
    site.says("/", home("/main.xml") + '<a href="/blogroll/feed">Feed of a friend</a>')
    site.says("/main.xml", rss("Main", MONDAY))
    site.says("/blogroll/feed", rss("Friend", TUESDAY))
    assert paths(site, await find()) == ["/main.xml"]
    assert "/blogroll/feed" not in site.paths


async def test_a_page_that_lists_the_feeds_of_a_site_is_followed(site, find):
    site.says("/", '<a href="/rss-feeds">RSS feeds</a>')
    site.says("/rss-feeds", '<a href="/top.xml">Top stories</a><a href="/sport.xml">Sport</a>')
    site.says("/top.xml", rss("Top", TUESDAY))
    site.says("/sport.xml", rss("Sport", MONDAY))
    assert paths(site, await find()) == ["/top.xml", "/sport.xml"]


async def test_a_home_page_that_refreshes_to_another_is_followed(site, find):
    site.says("/", '<meta http-equiv="Refresh" content="0; URL=en/">')
    site.says("/en/", '<link rel="alternate" type="application/rss+xml" href="all">')
    site.says("/en/all", rss("All", MONDAY))
    assert paths(site, await find()) == ["/en/all"]


async def test_a_feed_of_comments_is_passed_over_for_one_that_no_page_names(site, find):
    site.says("/", home("/comments/feed"))
    site.says("/comments/feed", rss("Comments", TUESDAY))
    site.says("/feed", rss("Blog", MONDAY))
    assert paths(site, await find()) == ["/feed", "/comments/feed"]


async def test_a_feed_below_the_page_is_guessed_before_that_of_the_site(site, find):
    site.says("/news/", home())
    site.says("/news/feed", rss("News", MONDAY))
    site.says("/feed", rss("All", MONDAY))
    assert paths(site, await find("/news/")) == ["/news/feed"]


async def test_a_sitemap_that_no_robots_txt_names_is_found(site, find):
    site.says("/", home())
    site.says("/sitemap.xml", sitemap("harbour"))
    assert paths(site, await find()) == ["/sitemap.xml"]


async def test_a_feed_served_as_html_is_a_feed(site, find):
    site.says("/", home("/feed"))
    site.says("/feed", rss("Here", MONDAY), Content_Type="text/html; charset=utf-8")
    assert paths(site, await find()) == ["/feed"]


async def test_another_spelling_is_tried_where_no_server_answers(site, sandbox):
    site.says("/feed", rss("Here", MONDAY))
    typed, plain = f"https://{site.host}/feed", f"{site.url}/feed"
    async with Fetcher(allow=frozenset({site.host})) as fetcher:
        (found,) = await discover(typed, fetcher, sandbox, [plain])
        assert found.url == plain
        with pytest.raises(OperatorError, match="answers 404"):
            await discover(f"{site.url}/missing", fetcher, sandbox, [plain])
