"""When a page's article was published: what the page declares and shows, not its neighbours."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml.html import document_fromstring

from connectors.extract.metadata import PageMetadata, page_metadata
from connectors.extract.page_metadata_index import PageIndex

NOW = datetime(2026, 11, 30, tzinfo=UTC)
DAY = datetime(2026, 11, 23, tzinfo=UTC)
TITLE = "Old weir on the Aller to be opened"
URL = "https://courier.example/news/old-weir"
PARAGRAPH = (
    "The water board will open the old weir on the Aller in spring, so that salmon can return to"
    " the upper reaches of the river after more than a century, the board said after its meeting."
)


def read(
    body: str = "",
    head: str = "",
    *,
    before: str = "",
    below: str = "",
    after: str = "",
    url: str = URL,
) -> PageMetadata:
    """``before`` the title, ``body`` between title and text, ``below`` the text, ``after`` the
    article."""
    html = (
        f"<html lang=en><head><title>{TITLE}</title>{head}</head><body><main><article>"
        f"<header>{before}<h1>{TITLE}</h1></header>{body}<p>{PARAGRAPH}</p><p>{PARAGRAPH}</p>"
        f"{below}</article></main>{after}</body></html>"
    )
    return page_metadata(PageIndex(document_fromstring(html), url), NOW)


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    ("head", "where"),
    [
        (json_ld('{"@type":"NewsArticle","datePublished":"23.11.2026"}'), "json_ld"),
        (json_ld('{"@type":"Article","datePublished":"2026-11-23",}'), "json_ld"),
        (json_ld('{"@type":"Article","datePublished":"2026-11-23"}}'), "json_ld"),
        (json_ld('{"@graph":[{"@type":"WebPage","datePublished":"2026-11-23"}]}'), "json_ld"),
        ('<meta property="og:article:published_time" content="2026-11-23">', "meta"),
        ('<meta name="bt:pubDate" content="20261123">', "meta"),
        ('<meta name="article_date_original" content="2026-11-23">', "meta"),
        ("""<meta name="parsely-page" content='{"pub_date": "2026-11-23"}'>""", "meta"),
        (json_ld('{"@type":"Article","datePublished":1795392000}'), "json_ld"),
        (json_ld('{"@type":"Article","datePublished":1795392000000}'), "json_ld"),
        (json_ld('{"@type":"Article","datePublished":{"@value":"2026-11-23"}}'), "json_ld"),
        (json_ld('{"@type":"WebPage","datePublished":1795392000}'), "json_ld"),
        ('<meta name="publication_date" content="23 November 2026">', "meta"),
        ('<meta name="dcterms.issued" content="2026-11-23">', "meta"),
        (
            json_ld(r'{"@type":"Article","headline":"Weir\'s end","datePublished":"2026-11-23"}'),
            "json_ld",
        ),
        ('<meta property="og:release_date" content="2026-11-23">', "meta"),
        ('<meta property="weibo:article:create_at" content="2026-11-23">', "meta"),
        ('<meta name="datePublished" content="2026-11-23">', "meta"),
    ],
)
def test_a_date_that_the_page_declares_is_found(head: str, where: str):
    found = read(head=head)
    assert (found.published, found.published_in) == (DAY, where)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ('<div itemprop="datePublished" content="2026-11-23">Monday</div>', "time_element"),
        ('<span property="schema:datePublished" content="2026-11-23"></span>', "time_element"),
        ('<span property="dc:date dc:created" content="2026-11-23"></span>', "time_element"),
        ('<span property="schema:dateCreated" content="2026-11-23"></span>', "time_element"),
        ('<abbr class="published" title="2026-11-23">Monday</abbr>', "time_element"),
        ('<time pubdate datetime="2026-11-23">Monday</time>', "time_element"),
        ('<time class="published">23 November 2026</time>', "time_element"),
        ('<time datetime="23.11.2026">Monday</time>', "time_element"),
        ("<div>23 November 2026</div>", "text"),
        ("<p>By Ana Díaz | <span>November 23, 2026</span></p>", "text"),
        ("<p>by <a href='/by/ana'>Ana Díaz</a> · Nov 23, 2026 · 4 min read</p>", "text"),
        ("<p>Published on Monday, November 23, 2026 by Ana Díaz</p>", "text"),
        ("<p>Veröffentlicht am 23. November 2026</p>", "text"),
        ("<p>Publié le 23 novembre 2026</p>", "text"),
        ("<p>Опубликовано 23 ноября 2026 г.</p>", "text"),
        ("<p>发布时间:2026年11月23日</p>", "text"),
        ("<p>発表:令和8年11月23日</p>", "text"),
        ("<p>中華民國115年11月23日</p>", "text"),
        ("<p>تاریخ انتشار: ۰۲ آذر ۱۴۰۵</p>", "text"),
        ("<span>۱۴۰۵/۰۹/۰۲</span>", "text"),
        ('<span data-timestamp="1795392000">7 days ago</span>', "text"),
        ('<time data-timestamp="1795392000000">7 days ago</time>', "time_element"),
        (
            "<ul><li>Published</li><li>23/11/2026</li><li>Updated</li><li>25/11/2026</li></ul>",
            "text",
        ),
    ],
)
def test_a_date_that_the_page_shows_beside_the_title_is_found(body: str, where: str):
    found = read(body)
    assert (found.published, found.published_in) == (DAY, where)


def test_a_date_above_the_title_is_beside_it():
    assert read(before="<p>News</p><p>23 November 2026</p>").published == DAY


def test_a_date_named_so_below_the_article_is_its_own_if_it_is_the_only_one():
    named = '<p class="post-date">{}</p>'
    assert read(below=named.format("Posted on 23 November 2026")).published == DAY
    two = named.format("23 November 2026") + named.format("22 November 2026")
    assert read(below=two).published is None
    assert read(below=named.format("Updated 23 November 2026")).published is None


def test_a_date_in_an_element_of_its_own_is_the_article_s_if_it_is_the_only_one():
    assert read(below="<p>23 November 2026</p>").published == DAY
    assert read(below="<p>23 November 2026</p><p>22 November 2026</p>").published is None
    assert read(below="<p>The hall was built on 23 November 2016</p>").published is None


CARD = '<div class="card"><a href="/o">The harbour dues are too high</a>{}</div>'
OLD = '<time class="entry-date published" datetime="2019-12-03 07:32">3 Dec</time>'


@pytest.mark.parametrize(
    "neighbour",
    [
        f'<aside class="more">{CARD.format(OLD)}</aside>',
        CARD.format(OLD),
        2 * CARD.format(OLD),
        f'<section class="related-posts"><ul><li>{OLD}</li></ul></section>',
        f"<article><h3>The harbour dues are too high again</h3>{OLD}</article>",
        f'<div id="comments"><p>Well said.</p>{OLD}</div>',
        '<blockquote class="twitter-tweet">So it is. <a href="#">December 3, 2019</a></blockquote>',
        CARD.format('<meta itemprop="datePublished" content="2019-12-03T07:32Z">'),
        CARD.format('<span class="date">3 December 2019</span>'),
        f'<div><a href="/o">Dues up</a>{OLD}</div>',
        f'<div><a href="/o"><span>Dues up</span>{OLD}</a></div>',
        '<div class="item"><a href="/o">Dues up</a><span class="date">3 December 2019</span></div>',
        f'<section><h2>Related</h2><div><a href="/o">Dues</a>{OLD}</div></section>',
        "<footer><p>3 December 2019</p></footer>",
        '<div class="event"><h4>Open day</h4><time datetime="2019-12-03">3 December</time></div>',
        '<p itemtype="https://schema.org/MusicEvent"><time datetime="2019-12-03">8 pm</time></p>',
        "<footer>© 2019 The Courier. Site updated 3 December 2019</footer>",
    ],
)
def test_the_date_of_a_neighbour_is_not_the_article_s(neighbour: str):
    assert read(after=neighbour).published is None
    assert read(below=neighbour).published is None
    assert read("<p>23 November 2026</p>", after=neighbour).published == DAY


def test_the_date_of_an_event_beside_the_title_is_not_the_article_s():
    assert (
        read('<div class="event"><time datetime="2026-11-20">Friday</time></div>').published is None
    )
    assert read('<p data-timestamp="1795392000">Updated 7 days ago</p>').published is None


def test_a_parsely_object_holds_the_authors_too():
    written = """<meta name="parsely-page" content='{"authors": ["Ana Díaz", "Li Wei"]}'>"""
    assert read(head=written).authors == ("Ana Díaz", "Li Wei")
    assert read(head='<meta name="parsely-page" content="[{">').authors == ()


def test_a_date_outside_the_element_of_the_article_is_not_its_own():
    assert read(after="<div><time datetime='2019-12-03'>3 Dec</time></div>").published is None
    assert read(after="<p>3 December 2019</p>").published is None


@pytest.mark.parametrize(
    "body",
    [
        "<p>Last updated: 23 November 2026</p>",
        "<div><strong>Last updated</strong> <span>on</span> <span>23 November 2026</span></div>",
        '<time class="updated" datetime="2026-11-23">Monday</time>',
        "<p>Zuletzt aktualisiert: 23. November 2026</p>",
        "<p>更新: 2026年11月23日</p>",
    ],
)
def test_the_date_of_a_change_is_marked_as_such(body: str):
    found = read(body)
    assert (found.published, found.published_in) == (DAY, "updated")
    url = "https://courier.example/2026/11/20/old-weir"
    assert read(body, url=url).published == datetime(2026, 11, 20, tzinfo=UTC)


def test_a_date_in_the_text_is_not_that_of_publication():
    assert (
        read(f"<p>{PARAGRAPH}</p><p>Minutes of 3 December 2019 are on file.</p>").published is None
    )


def test_the_date_of_a_copyright_is_none():
    assert read("<p>© 2026-01-01 The Courier</p>").published is None


def test_the_url_has_the_date_if_the_page_has_none():
    found = read(url="https://courier.example/2026/11/23/old-weir")
    assert (found.published, found.published_in) == (DAY, "url")


def test_a_date_to_come_is_left_out():
    planned = '<meta property="article:published_time" content="2027-11-23T09:00Z">'
    assert read("<p>23 November 2026</p>", planned).published == DAY
    assert read(head=planned).published is None


def test_a_later_source_adds_the_time_of_the_same_day_only():
    head = json_ld('{"@type":"NewsArticle","datePublished":"2026-11-23"}')
    marked = '<time class="published" datetime="{}">x</time>'
    at_nine = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert read(marked.format("2026-11-23T09:00Z"), head).published == at_nine
    assert read(marked.format("2026-11-20T09:00Z"), head).published == DAY


def test_a_day_and_a_month_that_may_be_exchanged_are_no_date():
    assert read("<p>05/04/2026</p>").published is None
