"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), as loosely as it is written. Pure.

Every field may hold any JSON: a value of another type than the format's is used if its meaning is
clear (a number as an id, an object's name as an author), else ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from itertools import chain
from typing import Any

import msgspec
from msgspec import Struct

from connectors.parse.author_field import names_in
from connectors.parse.entry import RawEntry, first_link, paragraphs
from connectors.parse.parsed_feed import NotAFeed
from connectors.text.byline import people
from connectors.text.clean import clean_lines
from connectors.text.dates import from_epoch, parse_time
from connectors.text.urls import absolute_url

_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
"""Escapes of lone surrogates: msgspec rejects a whole feed for one."""

_VERSION = re.compile(
    r"jsonfeed\.org/|^\s*(?:json ?feed\s*)?(?:v(?:ersion)?\s*)?1(?:\.\d+)*\s*$", re.I
)


class JsonFeed(Struct):
    """A feed with undecoded items, so that a malformed item affects only itself."""

    items: list[msgspec.Raw] | None
    version: Any = None
    title: Any = None
    language: Any = None
    feed_url: Any = None
    hubs: Any = None
    author: Any = None
    authors: Any = None


class Item(Struct):
    """An item of a feed."""

    id: Any = None
    url: Any = None
    title: Any = None
    summary: Any = None
    content_html: Any = None
    content_text: Any = None
    external_url: Any = None
    date_published: Any = None
    date_modified: Any = None
    author: Any = None
    authors: Any = None
    tags: Any = None
    attachments: Any = None

    def published(self, language: str = "") -> datetime | None:
        return _time(self.date_published, language)

    def updated(self, language: str = "") -> datetime | None:
        return _time(self.date_modified, language)

    def written_date(self) -> str:
        """The first date as written; empty if there is none."""
        return _text(self.date_published) or _text(self.date_modified)


def hub(feed: JsonFeed, url: str) -> str | None:
    """The feed's first WebSub hub; rssCloud hubs are skipped."""
    hubs = feed.hubs if isinstance(feed.hubs, list) else [feed.hubs]
    named = (hub for hub in hubs if isinstance(hub, dict))
    first = next((_text(hub.get("url")) for hub in named if _is_websub(hub)), "")
    return absolute_url(first, url) if first else None


def parse(body: bytes) -> JsonFeed:
    """The feed in a body in UTF-8. Raises NotAFeed."""
    body = _LONE_SURROGATE.sub(rb"\\ufffd", body)
    try:
        feed = _decoded(body)
    except (ValueError, RecursionError) as error:
        raise NotAFeed(f"JSON that is not a JSON Feed: {error}") from None
    if feed.version is None:
        raise NotAFeed("JSON that is not a JSON Feed: it has no version")
    if not _VERSION.search(str(feed.version)):
        raise NotAFeed(f"a JSON Feed of unknown version {str(feed.version)[:100]!r}")
    return feed


def _decoded(body: bytes) -> JsonFeed:
    try:
        return msgspec.json.decode(body, type=JsonFeed)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:  # line breaks in texts, NaN
        lenient = msgspec.json.encode(json.loads(body, strict=False))
        return msgspec.json.decode(lenient, type=JsonFeed)


def title(feed: JsonFeed) -> str:
    """The feed's title as HTML."""
    return escape(_text(feed.title), quote=False)


def language(feed: JsonFeed) -> str:
    return feed.language if isinstance(feed.language, str) else ""


def topic(feed: JsonFeed, url: str) -> str | None:
    """The feed's own URL as known to its hub."""
    own = _text(feed.feed_url)
    return absolute_url(own, url) if own else None


def items(feed: JsonFeed) -> list[Item]:
    """The readable items."""
    found: list[Item] = []
    for raw in feed.items or ():
        try:
            found.append(msgspec.json.decode(raw, type=Item))
        except (ValueError, RecursionError):  # no object, or nested too deeply
            continue
    return found


def entries(feed: JsonFeed, chosen: Sequence[Item], url: str) -> Iterator[RawEntry]:
    """One entry for each of the feed's items. An item without authors has the feed's."""
    inherited = _names(feed.authors, feed.author)
    for item in chosen:
        guid = _text(item.id)
        dates = item.published(language(feed)), item.updated(language(feed))
        yield RawEntry(
            guid=guid,
            link=_link(item, guid, url),
            title=escape(_text(item.title), quote=False),
            summary=escape(_text(item.summary), quote=False),
            content_html=_content(item),
            authors=people(_names(item.authors, item.author) or inherited, _text(feed.title)),
            categories=[escape(tag, quote=False) for tag in _tags(item.tags)],
            published=dates[0],
            updated=dates[1],
            unread_date="" if any(dates) else item.written_date(),
        )


def _is_websub(hub: dict[str, Any]) -> bool:
    return _text(hub.get("type")).lower() == "websub"


def _names(*authors: Any) -> list[str]:
    return [names_in(name) for name in _strings(*authors, key="name") if name.strip()]


def _tags(tags: Any) -> list[str]:
    """The tags of a list, or of a text with commas."""
    return tags.split(",") if isinstance(tags, str) else _strings(tags, key="name")


def _link(item: Item, guid: str, url: str) -> str | None:
    """The permalink, else the external URL, else an id that is a URL; never an attachment, and the
    feed itself only without another."""
    pages = (*_strings(item.url, key="href"), *_strings(item.external_url, key="href"))
    candidates = (
        *(absolute_url(page, url) for page in pages if page.strip()),
        absolute_url(guid, ""),
    )
    attached = {absolute_url(one, url) for one in _strings(item.attachments, key="url")}
    return first_link((link for link in candidates if link not in attached), url)


def _text(value: Any) -> str:
    """A text or a number as text; of a list the first text, of an object that under ``value``."""
    if isinstance(value, dict):
        value = value.get("value")
    elif isinstance(value, list):
        value = next(iter(_strings(value, key="value")), "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def _strings(*values: Any, key: str) -> list[str]:
    """The strings among the values and in lists of them, and of objects there the strings under
    ``key``. Anything else is ignored."""
    flat = chain.from_iterable(value if isinstance(value, list) else [value] for value in values)
    texts = (value.get(key) if isinstance(value, dict) else value for value in flat)
    return [text for text in texts if isinstance(text, str) and text]


def _time(written: Any, language: str) -> datetime | None:
    """A time in text, or a number since 1970."""
    if isinstance(written, int | float):
        return from_epoch(written)
    return parse_time(written, language) if isinstance(written, str) else None


def _content(item: Item) -> str:
    """The full text as HTML; empty if it only repeats the summary, as in some feeds."""
    markup = _text(item.content_html)
    if markup:
        return markup
    lines = clean_lines(_text(item.content_text))
    if " ".join(lines) == " ".join(_text(item.summary).split()):
        return ""
    return paragraphs(lines)
