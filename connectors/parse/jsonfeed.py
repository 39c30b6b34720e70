"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

import msgspec
from msgspec import Struct

from connectors.byline import people
from connectors.dates import parse_time
from connectors.parse.parsed import Entry, NotAFeed, make_entry, web_link
from connectors.text import paragraphs

_VERSION = "https://jsonfeed.org/version/1"


class _Author(Struct):
    name: str | None = None


class _Item(Struct):
    id: str | int | float | None = None
    url: str | None = None
    title: str | None = None
    summary: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    author: _Author | None = None
    authors: list[_Author] | None = None
    tags: list[str] | None = None


class JsonFeed(Struct):
    """The feed; its items are still to be decoded, so that a broken one spoils only itself."""

    version: str
    items: list[msgspec.Raw]
    title: str | None = None
    language: str | None = None


def decode(body: bytes) -> JsonFeed:
    """Raises NotAFeed."""
    try:
        feed = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=JsonFeed)
    except (ValueError, RecursionError) as error:
        raise NotAFeed(f"JSON that is no JSON Feed: {error}") from None
    if not feed.version.startswith(_VERSION):
        raise NotAFeed(f"a JSON Feed of unknown version {feed.version[:100]!r}")
    return feed


def entries(feed: JsonFeed, url: str) -> Iterator[Entry | None]:
    """The entry of each item in turn; None for one that cannot be read."""
    for raw in feed.items:
        try:
            item = msgspec.json.decode(raw, type=_Item)
        except (ValueError, RecursionError):
            yield None
        else:
            yield _entry(item, url, feed.title or "")


def _entry(item: _Item, url: str, site_name: str) -> Entry:
    authors = [*(item.authors or ()), *([item.author] if item.author else ())]
    guid = "" if item.id is None else str(item.id)
    return make_entry(
        guid=guid,
        link=web_link(item.url or "", url) if item.url else web_link(guid, ""),
        title=escape(item.title or "", quote=False),
        summary=escape(item.summary or "", quote=False),
        content_html=_content(item),
        authors=people([author.name or "" for author in authors], site_name),
        categories=[escape(tag, quote=False) for tag in item.tags or ()],
        published=parse_time(item.date_published or ""),
        updated=parse_time(item.date_modified or ""),
    )


def _content(item: _Item) -> str:
    """The full text as HTML; some feeds repeat the summary there, for want of a text."""
    if item.content_html:
        return item.content_html
    lines = paragraphs(item.content_text or "")
    if " ".join(lines) == " ".join((item.summary or "").split()):
        return ""
    return "\n".join(f"<p>{escape(words, quote=False)}</p>" for words in lines)
