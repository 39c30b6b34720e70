"""The record of an article, from its entry and its page, within the contract's limits. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from connectors.article.page import Page
from connectors.extract import PageContent
from connectors.parse.entry import Entry
from connectors.text.clean import clean_line, clean_text, shortened, usable_url
from connectors.text.dates import has_time, url_date
from connectors.text.traces import content_hash
from connectors.text.urls import canonical_url
from newsline.outcomes import PageOutcome, TimeDetail
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
    decode_raw,
    encode,
    utc,
)
from newsline.sentence_ends import cut_text

CLOCK_SKEW = timedelta(minutes=5)
"""A time further ahead of ours is ignored."""

SHOWN = frozenset({"time_element", "text", "updated", "url"})
"""Places of a date that is not declared for machines."""


def build_record(entry: Entry, feed_url: str, page: Page, content: PageContent) -> RawArticle:
    """The article's first revision. ``content``: the page's or, without one, the feed's full text.

    Raises ValueError if the contract refuses it: no title, no text, an unusable URL.
    """
    fetched_at = utc(page.fetched_at)
    own_url = content.canonical_url or page.url if page.content else entry.link or ""
    url = canonical_url(own_url)
    title = shortened(content.title or entry.title, MAX_TITLE)
    text, truncated = cut_text(clean_text(content.text), MAX_TEXT)
    own_id = article_id(url)
    article = RawArticle(
        article_id=own_id,
        cluster_id=own_id,
        revision=1,
        url=url,
        fetched_url=usable_url(page.url) or page.url,
        feeds=(FeedRef(feed_url, entry.id, shortened(entry.title, MAX_TITLE)),),
        title=title,
        text=text,
        text_source="feed" if content.reading == "feed" else "page",
        reading=content.reading,
        reading_reason=content.reading_reason,
        page_outcome=page.outcome,
        truncated=truncated,
        access="walled" if page.outcome is PageOutcome.PAYWALLED else content.access,
        summary=shortened(content.summary or entry.summary, MAX_SUMMARY),
        authors=_names(content.authors or entry.authors or (content.credited,), MAX_AUTHORS),
        published=_published(entry, content, url, fetched_at),
        modified=_modified(entry, content, fetched_at),
        first_seen=fetched_at,
        fetched_at=fetched_at,
        declared_language=content.declared_language,
        section=shortened(content.section, MAX_NAME),
        keywords=_names(content.keywords, MAX_KEYWORDS),
        feed_categories=_names(entry.categories, MAX_KEYWORDS),
        site_name=shortened(content.site_name, MAX_NAME),
        image_url=usable_url(content.image_url),
        content_hash=content_hash(title, text),
        reservations=page.reservations,
    )
    return decode_raw(encode(article))  # msgspec validates on decoding only


def _published(entry: Entry, content: PageContent, url: str, fetched_at: datetime) -> Time:
    """The page's declared time, else the feed's, else the page's date; the URL's comes last.
    Without any: when it was first seen."""
    on_page = _time(content.published, "page", content.published_in, fetched_at)
    in_feed = _time(entry.published, "feed", "published", fetched_at) or _time(
        entry.updated, "feed", "updated", fetched_at
    )
    if on_page and (in_feed is None or _is_better(content, on_page, in_feed)):
        return on_page
    in_url = _time(url_date(url), "page", "url", fetched_at)
    return in_feed or in_url or Time(fetched_at, "first_seen")


def _is_better(content: PageContent, on_page: Time, in_feed: Time) -> bool:
    """True for a time of day that the page declares. One that it only shows may be a neighbour's:
    it must be on the day that the feed has without time."""
    if content.published is None or not has_time(content.published):
        return False
    if content.published_in not in SHOWN:
        return True
    return not has_time(in_feed.at) and in_feed.at.date() == on_page.at.date()


def _modified(entry: Entry, content: PageContent, fetched_at: datetime) -> Time | None:
    on_page = _time(content.modified, "page", content.modified_in, fetched_at)
    return on_page or _time(entry.updated, "feed", "updated", fetched_at)


def _time(
    moment: datetime | None,
    source: Literal["page", "feed"],
    detail: TimeDetail | None,
    now: datetime,
) -> Time | None:
    """The time, or now if it is at most CLOCK_SKEW ahead; None if it is later."""
    if moment is None or moment > now + CLOCK_SKEW:
        return None
    return Time(min(utc(moment), now), source, detail)


def _names(names: Iterable[str], most: int) -> tuple[str, ...]:
    """The names of at most MAX_NAME characters: a longer text is not a name."""
    fitting = (name for written in names if 0 < len(name := clean_line(written)) <= MAX_NAME)
    return tuple(dict.fromkeys(fitting))[:most]
