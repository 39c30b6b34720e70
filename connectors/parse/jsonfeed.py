"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from html import escape
from itertools import chain
from typing import Any

import msgspec
from msgspec import Struct

from connectors.parse.entry import RawEntry
from connectors.parse.parsed_feed import NotAFeed
from connectors.text.byline import people
from connectors.text.clean import clean_lines
from connectors.text.dates import from_seconds, parse_time
from connectors.text.urls import absolute_url

_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
"""Escapes of lone surrogates: msgspec rejects a whole feed for one."""

_VERSION = "https://jsonfeed.org/version/1"


class _Item(Struct):
    """The fields an entry depends on are typed; the others may hold any JSON."""

    id: str | int | float | None = None
    url: str | None = None
    title: str | None = None
    summary: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    external_url: Any = None
    date_published: Any = None
    date_modified: Any = None
    author: Any = None
    authors: Any = None
    tags: Any = None
    attachments: Any = None


class _Hub(Struct):
    type: str | None = None
    url: str | None = None


class JsonFeed(Struct):
    """A feed with undecoded items, so that a malformed item affects only itself."""

    version: str
    items: list[msgspec.Raw]
    title: str | None = None
    language: str | None = None
    feed_url: str | None = None
    hubs: list[_Hub] | None = None


def hub(feed: JsonFeed, url: str) -> str | None:
    """The feed's first WebSub hub; rssCloud hubs are skipped."""
    hubs = (hub.url for hub in feed.hubs or () if (hub.type or "").lower() == "websub")
    first = next(hubs, None)
    return absolute_url(first, url) if first else None


def parse(body: bytes) -> JsonFeed:
    """The feed in a body in UTF-8. Raises NotAFeed."""
    body = _LONE_SURROGATE.sub(rb"\\ufffd", body)
    try:
        feed = msgspec.json.decode(body, type=JsonFeed)
    except (ValueError, RecursionError) as error:
        raise NotAFeed(f"JSON that is not a JSON Feed: {error}") from None
    if not feed.version.startswith(_VERSION):
        raise NotAFeed(f"a JSON Feed of unknown version {feed.version[:100]!r}")
    return feed


def entries(feed: JsonFeed, url: str) -> Iterator[RawEntry | None]:
    """One entry per item, None for an unreadable item."""
    for raw in feed.items:
        try:
            item = msgspec.json.decode(raw, type=_Item)
        except (ValueError, RecursionError):
            yield None
        else:
            yield _entry(item, url, feed.title or "")


def _entry(item: _Item, url: str, site_name: str) -> RawEntry:
    guid = "" if item.id is None else str(item.id)
    return RawEntry(
        guid=guid,
        link=_link(item, guid, url),
        title=escape(item.title or "", quote=False),
        summary=escape(item.summary or "", quote=False),
        content_html=_content(item),
        authors=people(_strings(item.authors, item.author, key="name"), site_name),
        categories=[escape(tag, quote=False) for tag in _strings(item.tags)],
        published=_time(item.date_published),
        updated=_time(item.date_modified),
    )


def _link(item: _Item, guid: str, url: str) -> str | None:
    """The permalink, else the external URL, else an id that is a URL; never an attachment."""
    page = item.url or next(iter(_strings(item.external_url)), "")
    link = absolute_url(page, url) if page else absolute_url(guid, "")
    attached = {absolute_url(one, url) for one in _strings(item.attachments, key="url")}
    return None if link in attached else link


def _strings(*values: Any, key: str = "") -> list[str]:
    """The strings among the values and in lists of them, and of objects there the strings under
    ``key``. Anything else is ignored."""
    flat = chain.from_iterable(value if isinstance(value, list) else [value] for value in values)
    texts = (value.get(key) if isinstance(value, dict) else value for value in flat)
    return [text for text in texts if isinstance(text, str) and text]


def _time(written: Any) -> datetime | None:
    """A time in text, or a number of seconds since 1970."""
    if isinstance(written, int | float):
        return from_seconds(written)
    return parse_time(written) if isinstance(written, str) else None


def _content(item: _Item) -> str:
    """The full text as HTML; empty if it only repeats the summary, as in some feeds."""
    if item.content_html:
        return item.content_html
    lines = clean_lines(item.content_text or "")
    if " ".join(lines) == " ".join((item.summary or "").split()):
        return ""
    return "\n".join(f"<p>{escape(words, quote=False)}</p>" for words in lines)
