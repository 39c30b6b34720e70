"""What parsing a feed gives, whatever its format. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from urllib.parse import urljoin, urlsplit

from msgspec import Struct

from connectors.text.clean import clean, plain
from newsline.records import MAX_TITLE


class NotAFeed(Exception):
    """The body is no feed; says what it seems to be instead."""


class Entry(Struct, frozen=True, kw_only=True):
    """One item of a feed, cleaned.

    ``id`` is the guid, else the link, else a hash; at most MAX_TITLE characters, longer ones
    hashed. ``link`` is the article's absolute http(s) URL. ``title`` and ``summary`` are plain text
    on one line; ``content_html`` is the full text, where the feed has it. Times are in UTC.
    ``fingerprint``: 32 hex digits over what the feed says of the article.
    """

    id: str
    link: str | None
    title: str
    summary: str
    content_html: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    published: datetime | None
    updated: datetime | None
    fingerprint: str


class Sitemap(Struct, frozen=True):
    """One that an index lists; ``lastmod`` as it is written there, empty where it is no date."""

    url: str
    lastmod: str


class ParsedFeed(Struct, frozen=True, kw_only=True):
    """A feed; ``format`` in words, ``ttl`` in minutes. ``dropped`` counts the items past the
    limit or past reading.

    ``hub``: a WebSub hub that pushes what is new; ``topic``: the feed's own URL, by which it knows
    the feed. An index of sitemaps has no entries but ``sitemaps``, the newest first.
    """

    title: str
    language: str
    ttl: float | None
    entries: tuple[Entry, ...]
    dropped: int
    hub: str | None = None
    topic: str | None = None
    sitemaps: tuple[Sitemap, ...] = ()
    format: str = ""


def make_entry(
    *,
    guid: str,
    link: str | None,
    title: str,
    summary: str,
    content_html: str,
    authors: tuple[str, ...],
    categories: Iterable[str],
    published: datetime | None,
    updated: datetime | None,
) -> Entry:
    """The entry, cleaned and with its id and fingerprint; texts are HTML."""
    title, summary, content_html = plain(title), plain(summary), clean(content_html)
    # Without ``published``: some feeds set it to the time of asking.
    said = (link or "", title, updated.isoformat() if updated else "", summary, content_html)
    name = clean(guid).strip() or link or digest(title, summary)
    return Entry(
        id=name if len(name) <= MAX_TITLE else digest(name),
        link=link,
        title=title,
        summary=summary,
        content_html=content_html,
        authors=authors,
        categories=tuple(dict.fromkeys(filter(None, map(plain, categories)))),
        published=published,
        updated=updated,
        fingerprint=digest(*said),
    )


def web_link(link: str, base: str) -> str | None:
    """The absolute http(s) URL of a link found in a document at ``base``; None for others."""
    try:
        url = urljoin(base, clean(link).strip())
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def digest(*parts: str) -> str:
    """32 hex digits over the parts and where they end."""
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
