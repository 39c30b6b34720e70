"""From an entry and its page to the record: what the contract asks for, within its limits. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from connectors.extract import PageContent
from connectors.parse.entry import Entry
from connectors.text.clean import clean_line, clean_text, shortened, usable_url
from connectors.text.dates import has_time, url_date
from connectors.text.traces import content_hash
from connectors.text.urls import canonical_url
from newsline.outcomes import TimeDetail
from newsline.records import (
    MAX_AUTHORS,
    MAX_KEYWORDS,
    MAX_NAME,
    MAX_SUMMARY,
    MAX_TITLE,
    FeedRef,
    RawArticle,
    Reservation,
    Time,
    article_id,
    cut_text,
    decode_raw,
    encode,
    utc,
)

CLOCK_SKEW = timedelta(minutes=5)
"""A time that is further ahead of ours than this is not believed."""


def raw_article(
    entry: Entry,
    feed_url: str,
    extracted: PageContent | None,
    *,
    feed_text: str,
    fetched_url: str,
    page_outcome: str,
    fetched_at: datetime,
    reservations: tuple[Reservation, ...] = (),
) -> RawArticle:
    """The article's first revision, from its page or, without one, from the feed's own full text.

    Raises ValueError where the contract refuses what was found: no title, no text, a URL that
    cannot be used.
    """
    fetched_at = utc(fetched_at)
    page = extracted or PageContent()
    own_url = page.canonical_url or fetched_url if extracted else entry.link or ""
    url = canonical_url(own_url)
    title = shortened(page.title or entry.title, MAX_TITLE)
    text, truncated = cut_text(clean_text(page.text or feed_text))
    own_id = article_id(url)
    article = RawArticle(
        article_id=own_id,
        cluster_id=own_id,
        revision=1,
        url=url,
        fetched_url=usable_url(fetched_url) or fetched_url,
        feeds=(FeedRef(feed_url, entry.id, shortened(entry.title, MAX_TITLE)),),
        title=title,
        text=text,
        text_source="page" if extracted and page.reading != "feed" else "feed",
        reading=page.reading if extracted else "feed",
        reading_reason=page.reading_reason,
        page_outcome=page_outcome,
        truncated=truncated,
        summary=shortened(page.summary or entry.summary, MAX_SUMMARY),
        authors=_names(page.authors or entry.authors, MAX_AUTHORS),
        published=_published(entry, page, url, fetched_at),
        modified=_modified(entry, page, fetched_at),
        first_seen=fetched_at,
        fetched_at=fetched_at,
        declared_language=page.declared_language,
        section=shortened(page.section, MAX_NAME),
        keywords=_names(page.keywords, MAX_KEYWORDS),
        feed_categories=_names(entry.categories, MAX_KEYWORDS),
        site_name=shortened(page.site_name, MAX_NAME),
        image_url=usable_url(page.image_url),
        content_hash=content_hash(title, text),
        reservations=reservations,
    )
    return decode_raw(encode(article))  # msgspec validates on decoding only


def _published(entry: Entry, page: PageContent, url: str, fetched_at: datetime) -> Time:
    """The page's time, else the feed's; a mere date only for want of a time, the URL's the last;
    else first sight."""
    on_page = _time(page.published, "page", page.published_in, fetched_at)
    in_feed = _time(entry.published, "feed", "published", fetched_at) or _time(
        entry.updated, "feed", "updated", fetched_at
    )
    is_time = page.published is not None and has_time(page.published)
    if on_page and (is_time or not in_feed):
        return on_page
    in_url = _time(url_date(url), "page", "url", fetched_at)
    return in_feed or in_url or Time(fetched_at, "first_seen")


def _modified(entry: Entry, page: PageContent, fetched_at: datetime) -> Time | None:
    on_page = _time(page.modified, "page", page.modified_in, fetched_at)
    return on_page or _time(entry.updated, "feed", "updated", fetched_at)


def _time(
    moment: datetime | None,
    source: Literal["page", "feed"],
    detail: TimeDetail | None,
    now: datetime,
) -> Time | None:
    """The moment; now, if a clock is ahead of ours by a little; None if it is in the future."""
    if moment is None or moment > now + CLOCK_SKEW:
        return None
    return Time(min(utc(moment), now), source, detail)


def _names(names: Iterable[str], most: int) -> tuple[str, ...]:
    """The names that fit: a longer one is no name."""
    fitting = (name for written in names if 0 < len(name := clean_line(written)) <= MAX_NAME)
    return tuple(dict.fromkeys(fitting))[:most]
