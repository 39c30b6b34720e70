"""From an entry and its page to the record: what the contract asks for, within its limits. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from w3lib.url import safe_url_string

from connectors.extract import Extracted
from connectors.extract.metadata import has_time
from connectors.identity import article_id, canonical_url, content_hash
from connectors.parse.parsed import Entry
from connectors.text import clean, line, shortened
from pipeline.records import (
    MAX_AUTHORS,
    MAX_KEYWORDS,
    MAX_NAME,
    MAX_SUMMARY,
    MAX_TITLE,
    MAX_URL,
    FeedRef,
    RawArticle,
    Time,
    cut_text,
    decode_raw,
    encode,
    utc,
)

_URL = re.compile(r"https?://[!#-\[\]-~]+")


def raw_article(
    entry: Entry,
    feed_url: str,
    extracted: Extracted | None,
    *,
    feed_text: str,
    fetched_url: str,
    page_outcome: str,
    fetched_at: datetime,
) -> RawArticle:
    """The article's first revision, from its page or, without one, from the feed's own full text.

    Raises ValueError where the contract refuses what was found: no title, no text, a URL that
    cannot be used.
    """
    fetched_at = utc(fetched_at)
    page = extracted or Extracted()
    own_url = page.canonical_url or fetched_url if extracted else entry.link or ""
    url = canonical_url(own_url)
    title = shortened(page.title or entry.title, MAX_TITLE)
    text, truncated = cut_text(clean(page.text or feed_text))
    article = RawArticle(
        article_id=article_id(url),
        revision=1,
        url=url,
        fetched_url=_usable(fetched_url) or fetched_url,
        feeds=(FeedRef(feed_url, entry.id, shortened(entry.title, MAX_TITLE)),),
        title=title,
        text=text,
        text_source="page" if extracted else "feed",
        page_outcome=page_outcome,
        truncated=truncated,
        summary=shortened(page.summary or entry.summary, MAX_SUMMARY),
        authors=_names(page.authors or entry.authors, MAX_AUTHORS),
        published=_published(entry, page, fetched_at),
        modified=_modified(entry, page, fetched_at),
        first_seen=fetched_at,
        fetched_at=fetched_at,
        declared_language=page.declared_language,
        section=shortened(page.section, MAX_NAME),
        keywords=_names(page.keywords, MAX_KEYWORDS),
        feed_categories=_names(entry.categories, MAX_KEYWORDS),
        site_name=shortened(page.site_name, MAX_NAME),
        image_url=_usable(page.image_url),
        content_hash=content_hash(title, text),
    )
    return decode_raw(encode(article))  # msgspec validates on decoding only


def _published(entry: Entry, page: Extracted, fetched_at: datetime) -> Time:
    """The page's time, else the feed's, else first sight; a mere date only for want of a time."""
    on_page = _past(page.published, fetched_at)
    in_feed = _past(entry.published, fetched_at) or _past(entry.updated, fetched_at)
    if on_page and (has_time(on_page) or not in_feed):
        return Time(on_page, "page")
    return Time(in_feed, "feed") if in_feed else Time(fetched_at, "first_seen")


def _modified(entry: Entry, page: Extracted, fetched_at: datetime) -> Time | None:
    if on_page := _past(page.modified, fetched_at):
        return Time(on_page, "page")
    in_feed = _past(entry.updated, fetched_at)
    return Time(in_feed, "feed") if in_feed else None


def _past(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment and moment <= now else None


def _names(names: Iterable[str], most: int) -> tuple[str, ...]:
    """The names that fit: a longer one is no name."""
    fitting = (name for written in names if 0 < len(name := line(written)) <= MAX_NAME)
    return tuple(dict.fromkeys(fitting))[:most]


def _usable(url: str | None) -> str | None:
    """The URL in ASCII, if the contract takes it."""
    try:
        found = safe_url_string(url.strip()) if url else ""
    except (ValueError, UnicodeError):
        return None
    return found if len(found) <= MAX_URL and _URL.fullmatch(found) else None
