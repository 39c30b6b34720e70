"""The record of an article, within the contract's limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from msgspec.structs import replace

from connectors.article.build_record import build_record
from connectors.article.page import Page
from connectors.extract import PageContent
from connectors.parse.entry import Entry
from connectors.text.traces import content_hash
from newsline.outcomes import FetchOutcome, PageOutcome, TimeDetail
from newsline.records import (
    MAX_AUTHORS,
    MAX_KEYWORDS,
    MAX_NAME,
    MAX_SUMMARY,
    MAX_TEXT,
    MAX_TITLE,
    FeedRef,
    RawArticle,
    Time,
    article_id,
)

FEED = "https://courier.example/feed"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

ENTRY = Entry(
    id="bridge-1",
    link="https://courier.example/bridge?utm_source=rss",
    title="Bridge closed (feed)",
    summary="Feed's summary",
    content_html="",
    authors=("Li Wei",),
    categories=("World",),
    published=NOW - 3 * HOUR,
    updated=NOW - 2 * HOUR,
    fingerprint="0" * 32,
)
PAGE = PageContent(
    canonical_url="https://courier.example/bridge",
    title="Bridge closed",
    text="One paragraph.\nAnother one.",
    authors=("Ana Díaz",),
    published=NOW - 5 * HOUR,
    modified=NOW - HOUR,
    declared_language="en",
    section="Europe",
    keywords=("bridge",),
    image_url="https://courier.example/bridge.jpg",
    site_name="The Courier",
    summary="Page's summary",
)
BARE = PageContent(text="Text")


def article(
    page: PageContent | None = PAGE,
    entry: Entry = ENTRY,
    fetched_url: str = "https://courier.example/amp/bridge?utm_source=rss",
    feed_text: str = "",
) -> RawArticle:
    outcome = PageOutcome.OK if page else FetchOutcome.NOT_FOUND
    content = page or PageContent(text=feed_text, reading="feed")
    return build_record(entry, FEED, Page(outcome, fetched_url, NOW, page), content)


def test_a_page_becomes_a_first_revision():
    assert article() == RawArticle(
        article_id=article_id("https://courier.example/bridge"),
        cluster_id=article_id("https://courier.example/bridge"),
        revision=1,
        url="https://courier.example/bridge",
        fetched_url="https://courier.example/amp/bridge?utm_source=rss",
        feeds=(FeedRef(FEED, "bridge-1", "Bridge closed (feed)"),),
        title="Bridge closed",
        text="One paragraph.\nAnother one.",
        text_source="page",
        page_outcome="ok",
        reading="trafilatura",
        reading_reason="only",
        summary="Page's summary",
        authors=("Ana Díaz",),
        published=Time(NOW - 5 * HOUR, "page"),
        modified=Time(NOW - HOUR, "page"),
        first_seen=NOW,
        fetched_at=NOW,
        declared_language="en",
        section="Europe",
        keywords=("bridge",),
        feed_categories=("World",),
        site_name="The Courier",
        image_url="https://courier.example/bridge.jpg",
        content_hash=content_hash("Bridge closed", "One paragraph.\nAnother one."),
    )


def test_without_its_page_the_feed_s_text_is_the_article():
    found = article(None, feed_text="All of it.")
    assert (found.text, found.text_source, found.page_outcome) == (
        "All of it.",
        "feed",
        "not_found",
    )
    assert found.url == "https://courier.example/bridge"
    assert found.title == "Bridge closed (feed)"
    assert (found.summary, found.authors) == ("Feed's summary", ("Li Wei",))
    assert found.published == Time(NOW - 3 * HOUR, "feed", "published")
    assert found.modified == Time(NOW - 2 * HOUR, "feed", "updated")


def test_the_access_that_the_page_grants_is_marked():
    assert article(replace(PAGE, access="metered")).access == "metered"
    assert article().access is None


def test_the_feed_s_text_in_place_of_a_paywalled_page_is_walled():
    page = Page(PageOutcome.PAYWALLED, "https://courier.example/bridge", NOW)
    found = build_record(ENTRY, FEED, page, PageContent(text="All of it.", reading="feed"))
    assert (found.access, found.text_source) == ("walled", "feed")


def test_the_feed_says_what_the_page_does_not():
    found = article(BARE)
    assert found.url == "https://courier.example/amp/bridge"
    assert found.title == "Bridge closed (feed)"
    assert (found.summary, found.authors) == ("Feed's summary", ("Li Wei",))


def test_a_person_in_the_feed_comes_before_an_organisation_on_the_page():
    credited = replace(BARE, credited="Harbour Institute")
    assert article(credited).authors == ("Li Wei",)
    assert article(credited, entry=replace(ENTRY, authors=())).authors == ("Harbour Institute",)


@pytest.mark.parametrize(
    ("on_page", "in_feed", "published"),
    [
        (NOW - HOUR, NOW - 2 * HOUR, Time(NOW - HOUR, "page")),
        (None, NOW - 2 * HOUR, Time(NOW - 2 * HOUR, "feed", "published")),
        (NOW + HOUR, NOW - 2 * HOUR, Time(NOW - 2 * HOUR, "feed", "published")),
        (NOW + HOUR, NOW + HOUR, Time(NOW, "first_seen")),
        (None, None, Time(NOW, "first_seen")),
        (NOW - 12 * HOUR, NOW - 2 * HOUR, Time(NOW - 2 * HOUR, "feed", "published")),
        (NOW - 12 * HOUR, None, Time(NOW - 12 * HOUR, "page")),
        (NOW, None, Time(NOW, "page")),
    ],
)
def test_the_time_of_publishing_is_the_best_that_is_known(
    on_page: datetime | None, in_feed: datetime | None, published: Time
):
    entry = replace(ENTRY, published=in_feed, updated=None)
    assert article(replace(PAGE, published=on_page), entry).published == published


@pytest.mark.parametrize("where", ["time_element", "text", "updated"])
def test_a_date_that_the_page_only_shows_comes_after_the_feed_s(where: TimeDetail):
    page = replace(PAGE, published=NOW - 48 * HOUR, published_in=where)
    assert article(page).published == Time(NOW - 3 * HOUR, "feed", "published")
    silent = replace(ENTRY, published=None, updated=None)
    assert article(page, silent).published == Time(NOW - 48 * HOUR, "page", where)


def test_the_page_adds_the_time_of_the_day_that_the_feed_has():
    page = replace(PAGE, published=NOW - HOUR, published_in="time_element")
    midnight = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    found = article(page, replace(ENTRY, published=midnight, updated=None)).published
    assert found == Time(NOW - HOUR, "page", "time_element")


def test_a_long_text_is_cut_at_a_sentence_and_marked():
    found = article(replace(PAGE, text="A sentence of text. " * 5_000))
    assert found.truncated
    assert MAX_TEXT - 20 <= len(found.text) <= MAX_TEXT
    assert found.text.endswith("text.")


def test_what_is_too_long_is_cut_or_left_out():
    found = article(
        replace(
            PAGE,
            title="word " * 200,
            summary="word " * 1_000,
            section="word " * 50,
            site_name="x" * 500,
            authors=(*(f"Ana {n}" for n in range(50)), "x" * 200),
            keywords=("x" * (MAX_NAME + 1), *(f"k{n}" for n in range(100))),
            image_url="https://courier.example/" + "x" * 3_000,
        )
    )
    assert len(found.title) <= MAX_TITLE
    assert found.title.endswith("word…")
    assert len(found.summary) <= MAX_SUMMARY
    assert len(found.section) <= MAX_NAME
    assert len(found.site_name) <= MAX_NAME
    assert len(found.authors) == MAX_AUTHORS
    assert found.keywords[0] == "k0"
    assert len(found.keywords) == MAX_KEYWORDS
    assert found.image_url is None


@pytest.mark.parametrize("image", ["", "http://[::1", "data:image/png;base64,xx", "x"])
def test_an_image_without_a_web_address_is_left_out(image: str):
    assert article(replace(PAGE, image_url=image)).image_url is None


def test_an_image_s_address_is_written_in_ascii():
    found = article(replace(PAGE, image_url="https://courier.example/brücke 1.jpg"))
    assert found.image_url == "https://courier.example/br%C3%BCcke%201.jpg"


@pytest.mark.parametrize(
    ("page", "entry", "fetched_url", "feed_text"),
    [
        (replace(PAGE, title=""), replace(ENTRY, title=""), "https://a.example/1", ""),
        (None, ENTRY, "https://a.example/1", ""),
        (None, replace(ENTRY, link=None), "https://a.example/1", "All of it."),
        (
            None,
            replace(ENTRY, link="https://a.example/" + "x" * 3_000),
            "https://a.example/",
            "All.",
        ),
        (BARE, ENTRY, "ftp://a.example/1", ""),
        (replace(PAGE, declared_language="x1"), ENTRY, "https://a.example/1", ""),
        (replace(PAGE, title="\ud800"), ENTRY, "https://a.example/1", ""),
    ],
    ids=["no title", "no text", "no link", "long link", "no web address", "language", "surrogate"],
)
def test_what_the_contract_refuses_is_refused(
    page: PageContent | None, entry: Entry, fetched_url: str, feed_text: str
):
    with pytest.raises(ValueError):  # noqa: PT011  msgspec's messages are its own
        article(page, entry, fetched_url, feed_text)


SECONDS = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ahead", "published"),
    [
        (0 * SECONDS, Time(NOW, "page", "json_ld")),
        (299 * SECONDS, Time(NOW, "page", "json_ld")),
        (301 * SECONDS, Time(NOW - 3 * HOUR, "feed", "published")),
    ],
)
def test_a_clock_a_little_ahead_is_believed_and_no_time_is_in_the_future(
    ahead: timedelta, published: Time
):
    page = replace(PAGE, published=NOW + ahead, published_in="json_ld")
    assert article(page).published == published


def test_the_last_change_in_the_feed_stands_in_for_the_time_of_publishing():
    found = article(replace(PAGE, published=None), replace(ENTRY, published=None))
    assert found.published == Time(NOW - 2 * HOUR, "feed", "updated")


def test_a_date_in_the_url_goes_before_first_sight_and_after_all_others():
    dated = replace(PAGE, canonical_url="https://courier.example/2026/11/20/bridge", published=None)
    silent = replace(ENTRY, published=None, updated=None)
    found = Time(datetime(2026, 11, 20, tzinfo=UTC), "page", "url")
    assert article(dated, silent).published == found
    assert article(dated).published == Time(NOW - 3 * HOUR, "feed", "published")
    day = replace(dated, published=datetime(2026, 11, 21, tzinfo=UTC), published_in="meta")
    assert article(day, silent).published == Time(day.published, "page", "meta")


def test_midnight_in_the_page_s_own_zone_is_a_mere_date():
    midnight = datetime(2026, 11, 23, tzinfo=timezone(2 * HOUR))
    page = replace(PAGE, published=midnight, published_in="meta")
    assert article(page).published == Time(NOW - 3 * HOUR, "feed", "published")
    silent = replace(ENTRY, published=None, updated=None)
    found = article(page, silent).published
    assert found == Time(datetime(2026, 11, 22, 22, tzinfo=UTC), "page", "meta")
    assert found.at.tzinfo == UTC


def test_the_date_of_tomorrow_in_a_url_is_not_believed():
    dated = replace(PAGE, canonical_url="https://courier.example/2026/11/24/bridge", published=None)
    silent = replace(ENTRY, published=None, updated=None)
    assert article(dated, silent).published == Time(NOW, "first_seen")
