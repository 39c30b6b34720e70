"""Sitemaps of every kind, in documents made here and in a real one."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest

from connectors.parse import (
    MAX_ENTRIES,
    FeedBody,
    NotAFeed,
    ParsedFeed,
    Sitemap,
    merge_sitemaps,
    parse_feed,
)
from connectors.parse.encoding import MAX_UNPACKED
from tests.support.shared_data import DATA, needs

URL = "https://news.example/sitemap.xml"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" {more}>{urls}</urlset>'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
INDEX = (
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{sitemaps}</sitemapindex>'
)

ARTICLE = """<url><loc>https://news.example/ferry?a=1&amp;b=2</loc>
<lastmod>2026-11-25T09:30:00Z</lastmod><news:news><news:publication>
<news:name>The Example Courier</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-11-25T08:00:00+01:00</news:publication_date>
<news:title><![CDATA[Ferry &amp; tug
 collide]]></news:title><news:keywords>Ferries, Naxos , ferries</news:keywords></news:news>
<image:image xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<image:loc>https://cdn.example/ferry.jpg</image:loc><image:title>A ferry</image:title>
</image:image></url>"""


def parsed(body: str | bytes, now: datetime | None = NOW) -> ParsedFeed:
    body = body.encode() if isinstance(body, str) else body
    return parse_feed(FeedBody(body, URL, "application/xml", None), now)


def urlset(*urls: str) -> str:
    return URLSET.format(more=NEWS, urls="".join(urls))


def url(loc: str, lastmod: str = "") -> str:
    said = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    return f"<url><loc>{loc}</loc>{said}</url>"


def news(loc: str, title: str = "t", lastmod: str = "") -> str:
    marked = f"<news:news><news:title>{title}</news:title></news:news></url>"
    return url(loc, lastmod).replace("</url>", marked)


def links(feed: ParsedFeed) -> list[str | None]:
    return [entry.link for entry in feed.entries]


def test_a_news_sitemap_is_read_whole():
    feed = parsed(urlset(ARTICLE))
    (entry,) = feed.entries
    assert entry.id == entry.link == "https://news.example/ferry?a=1&b=2"
    assert entry.title == "Ferry & tug collide"
    assert entry.categories == ("Ferries", "Naxos", "ferries")
    assert entry.published == datetime(2026, 11, 25, 7, tzinfo=UTC)
    assert entry.updated == datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    assert (feed.title, feed.language, feed.dropped) == ("The Example Courier", "en", 0)


def test_what_is_marked_as_news_needs_no_date():
    assert links(parsed(urlset(news("/a")))) == ["https://news.example/a"]


def test_of_a_whole_sites_map_what_changed_in_the_last_days_is_news():
    feed = parsed(
        urlset(
            url("/days-ago", "2026-11-23"),
            url("/today", "2026-11-25T11:00:00+00:00"),
            url("/long-ago", "2026-11-21"),
            url("/undated"),
        )
    )
    assert links(feed) == ["https://news.example/today", "https://news.example/days-ago"]
    assert feed.entries[0].updated == datetime(2026, 11, 25, 11, tzinfo=UTC)
    assert (feed.entries[0].published, feed.entries[0].title, feed.dropped) == (None, "", 0)


def test_one_time_for_all_is_the_maps_own_and_not_the_pages():
    made = "2026-11-25T11:59:00Z"
    feed = parsed(urlset(news("/a", lastmod=made), url("/b", made), url("/c", made)))
    assert links(feed) == ["https://news.example/a"]
    assert feed.entries[0].updated is None


def test_one_date_for_all_is_the_day_of_all_the_pages():
    feed = parsed(urlset(url("/a", "2026-11-25"), url("/b", "2026-11-25")))
    assert links(feed) == ["https://news.example/a", "https://news.example/b"]


def test_the_newest_are_kept_of_more_than_a_feed_may_have():
    ages = reversed(range(MAX_ENTRIES + 3))
    pages = (url(f"/{n}", (NOW - timedelta(seconds=n)).isoformat()) for n in ages)
    feed = parsed(urlset(*pages))
    assert (len(feed.entries), feed.dropped) == (MAX_ENTRIES, 3)
    assert feed.entries[0].link == "https://news.example/0"


@pytest.mark.parametrize(
    "body",
    [
        "<urlset><url><loc>https://news.example/a</loc><news><title>t</title></news></url></urlset>",
        urlset(news("/a")).replace("sitemap/0.9", "sitemap/0.84"),
        '<?xml version="1.0" encoding="utf-16"?><!-- <rss > --><?x y?>' + urlset(news("/a")),
        URLSET.format(more="", urls=news("/a")),
        "<sm:urlset><sm:url><sm:loc>/a</sm:loc><n:news><n:title>t</n:title></n:news></sm:url></sm:urlset>",
        urlset(news("/a")).replace("news:", "n:").replace(":news=", ":n="),
        urlset(news("/a")).replace("<url><loc>", "<url><loc/><image:loc>/i</image:loc><loc>"),
        urlset(news("/a"))[:-20],
        urlset(news("/a")).encode("utf-16"),
        gzip.compress(urlset(news("/a")).encode(), mtime=0),
        b"".join(
            gzip.compress(half.encode(), mtime=0) for half in urlset(news("/a")).partition("<loc>")
        ),
    ],
    ids=[
        "no namespace",
        "an old one",
        "said to be UTF-16",
        "undeclared",
        "all undeclared",
        "another prefix",
        "an empty address",
        "cut off",
        "UTF-16",
        "gzip",
        "gzip in several members",
    ],
)
def test_a_sitemap_is_read_in_every_dress(body: str | bytes):
    assert links(parsed(body)) == ["https://news.example/a"]


@pytest.mark.parametrize(
    "loc",
    [
        "/s.asp?id=7&sec=news&lang=en&copy=1",
        "/s.asp?id=7&amp;sec=news&lang=en&amp;copy=1",
        "<![CDATA[/s.asp?id=7&sec=news&lang=en&copy=1]]>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_bare_ampersand_in_an_address_is_part_of_it(loc: str, encoding: str):
    address = "https://news.example/s.asp?id=7&sec=news&lang=en&copy=1"
    assert links(parsed(urlset(news(loc, title="Ö")).encode(encoding))) == [address]
    index = INDEX.format(sitemaps=url(loc).replace("url>", "sitemap>"))
    assert [each.url for each in parsed(index.encode(encoding)).sitemaps] == [address]


@pytest.mark.parametrize(
    "fault",
    [
        "<b>",
        "</b>",
        "<!--",
        "<![CDATA[",
        "5 < 6 & 7",
        "<loc",
        "\x01",
        "&#xD800;",
        "&nbsp;",
        "<x:y z=>",
    ],
)
def test_a_malformed_url_affects_itself_alone(fault: str):
    bad = news("/bad").replace("<loc>", f"{fault}<loc>")
    feed = parsed(urlset(news("/first"), bad, news("/last")))
    assert {"https://news.example/first", "https://news.example/last"} <= set(links(feed))
    assert len(feed.entries) + feed.dropped == 3


def test_a_sitemap_of_malformed_urls_alone_is_read():
    pages = (news(f"/{n}").replace("<loc>", "<b><loc>") for n in range(50))
    assert len(parsed(urlset(*pages)).entries) == 50


def test_a_malformed_sitemap_in_an_index_affects_itself_alone():
    listed = [url(f"/{n}.xml").replace("url>", "sitemap>") for n in range(3)]
    index = INDEX.format(sitemaps="".join((listed[0], listed[1][:20], listed[2])))
    found = {each.url for each in parsed(index).sitemaps}
    assert {"https://news.example/0.xml", "https://news.example/2.xml"} <= found


@pytest.mark.parametrize("loc", ["", "javascript:x", "http://[::1"])
def test_an_entry_without_an_address_has_no_link(loc: str):
    assert links(parsed(urlset(news(loc)))) == [None]


def test_an_index_lists_its_sitemaps_newest_first_without_those_of_long_ago():
    listed = [
        ("/sitemap-undated.xml", ""),
        ("/sitemap-old.xml", "2026-10-01"),
        ("/sitemap-1.xml.gz", "2026-11-24"),
        ("https://other.example/2.xml", " 2026-11-25T10:00:00Z "),
        ("/sitemap-odd.xml", "yesterday"),
        ("javascript:x", "2026-11-25"),
    ]
    items = "".join(url(*each).replace("url>", "sitemap>") for each in listed)
    feed = parsed(INDEX.format(sitemaps=items))
    assert feed.entries == ()
    assert feed.sitemaps == (
        Sitemap("https://other.example/2.xml", "2026-11-25T10:00:00Z"),
        Sitemap("https://news.example/sitemap-1.xml.gz", "2026-11-24"),
        Sitemap("https://news.example/sitemap-undated.xml", ""),
        Sitemap("https://news.example/sitemap-odd.xml", ""),
    )


def test_an_index_and_its_sitemaps_are_one_feed():
    one, two = (parsed(urlset(ARTICLE, news(f"/{n}"))) for n in (1, 2))
    feed = merge_sitemaps(parsed(INDEX.format(sitemaps="")), [one, two])
    assert sorted(links(feed)) == sorted([*links(one), "https://news.example/2"])
    assert (feed.title, feed.language, feed.dropped) == ("The Example Courier", "en", 0)


def test_all_sitemaps_together_have_no_more_entries_than_one_feed():
    half = MAX_ENTRIES // 2 + 5
    parts = [parsed(urlset(*(news(f"/{part}/{n}") for n in range(half)))) for part in (1, 2)]
    feed = merge_sitemaps(parsed(INDEX.format(sitemaps="")), parts)
    assert (len(feed.entries), feed.dropped) == (MAX_ENTRIES, 10)


def test_of_all_sitemaps_together_the_newest_entries_are_kept():
    old, new = (
        parsed(
            urlset(*(news(f"/{at.hour}/{n}", lastmod=f"{at + n * SECOND}") for n in range(1_500)))
        )
        for at in (NOW - timedelta(hours=9), NOW - timedelta(hours=2))
    )
    feed = merge_sitemaps(parsed(INDEX.format(sitemaps="")), [old, new])
    assert sum(link.startswith("https://news.example/10/") for link in links(feed) if link) == 1_500
    assert (len(feed.entries), feed.dropped) == (MAX_ENTRIES, 1_000)


def test_an_entity_bomb_in_a_sitemap_is_harmless(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    declared = (
        '<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        f'<!ENTITY s SYSTEM "file://{secret}">]>'
    )
    (entry,) = parsed(declared + urlset(news("/a", title="x&b;&s;"))).entries
    assert len(entry.title) < 100
    assert "secret" not in entry.title


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (gzip.compress(b"<urlset>")[:-9] + b"\xff" * 9, "a broken gzip file"),
        (gzip.compress(b"<urlset>" + b" " * (MAX_UNPACKED + 1)), "a gzip file of more than"),
    ],
    ids=["broken", "large"],  # the first says when it was packed
)
def test_a_bad_gzip_file_is_refused_and_named(body: bytes, what: str):
    with pytest.raises(NotAFeed, match=what):
        parsed(body)


@needs("feeds")
def test_a_real_news_sitemap():
    feed = parsed((DATA / "feeds" / "news-sitemap.xml").read_bytes())
    (entry,) = feed.entries
    assert entry.link == "http://www.example.com/business/article55.html"
    assert entry.title == "Companies A, B in Merger Talks"
    assert entry.categories == ("business", "merger", "acquisition", "A", "B")
    assert entry.published == datetime(2008, 12, 23, tzinfo=UTC)
    assert (feed.title, feed.language) == ("The Example Times", "en")
