"""An item of a feed: RawEntry as its format has it, Entry cleaned. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from html import escape

from msgspec import Struct
from msgspec.structs import replace

from connectors.text.clean import clean_line, clean_text, strip_markup
from newsline.records import MAX_TITLE

MAX_DATE = 60


class RawEntry(Struct, frozen=True, kw_only=True):
    """An item as its format has it: texts are HTML, links absolute, times in UTC."""

    guid: str = ""
    link: str | None
    title: str
    summary: str = ""
    content_html: str = ""
    authors: tuple[str, ...] = ()
    categories: Iterable[str] = ()
    published: datetime | None = None
    updated: datetime | None = None
    unread_date: str = ""


class Entry(Struct, frozen=True, kw_only=True):
    """An item of a feed, cleaned.

    ``id``: the guid, else the link, else a hash; at most MAX_TITLE characters, longer ones hashed.
    ``link``: the article's absolute http(s) URL. ``title`` and ``summary``: plain text on one line.
    ``content_html``: the full text if the feed has it. Times are in UTC. ``unread_date``: a date as
    written, of up to MAX_DATE characters, if the feed has dates and none can be read.
    ``fingerprint``: 32 hex digits over everything that the feed says about the article.
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
    unread_date: str = ""
    fingerprint: str


def clean_entry(raw: RawEntry) -> Entry:
    """The entry with cleaned texts, an id and a fingerprint."""
    title, summary, content_html = (
        strip_markup(raw.title),
        strip_markup(raw.summary),
        clean_text(raw.content_html),
    )
    entry_id = clean_text(raw.guid).strip() or raw.link or digest(title, summary)
    entry = Entry(
        id=entry_id if len(entry_id) <= MAX_TITLE else digest(entry_id),
        link=raw.link,
        title=title,
        summary=summary,
        content_html=content_html,
        authors=raw.authors,
        categories=tuple(dict.fromkeys(filter(None, map(strip_markup, raw.categories)))),
        published=raw.published,
        updated=raw.updated,
        unread_date=clean_line(raw.unread_date)[:MAX_DATE],
        fingerprint="",
    )
    return replace(entry, fingerprint=entry_fingerprint(entry, raw.link or ""))


def entry_fingerprint(entry: Entry, link: str) -> str:
    """The entry's fingerprint with this link. Without ``published``, which some feeds set to the
    time of the request, and without markup, whose links and images may have a session."""
    updated = entry.updated.isoformat() if entry.updated else ""
    return digest(link, entry.title, updated, entry.summary, _words(entry))


def likeness(entry: Entry, link: str) -> str:
    """Equal for entries with equal title and texts at this address."""
    return digest(link, entry.title, entry.summary, _words(entry))


def _words(entry: Entry) -> str:
    """The full text without markup."""
    return strip_markup(entry.content_html)


def first_link(candidates: Iterable[str | None], url: str) -> str | None:
    """The first link that is not the feed's own URL, as links of ``#`` are; that one if there is no
    other."""
    own = None
    for link in filter(None, candidates):
        if link != url:
            return link
        own = own or link
    return own


def paragraphs(lines: Iterable[str]) -> str:
    """Lines of plain text as HTML."""
    return "\n".join(f"<p>{escape(line, quote=False)}</p>" for line in lines)


def digest(*parts: str) -> str:
    """32 hex digits over the parts and their boundaries."""
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()
