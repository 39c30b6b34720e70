"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

import msgspec
from msgspec import Struct

from connectors.byline import people
from connectors.dates import parse_time
from connectors.parse.parsed import Entry, NotAFeed, make_entry, web_link
from connectors.text import paragraphs

_LONE_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])"
    rb"|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
"""An escape that stands for no character: msgspec would refuse the whole feed for one."""

_VERSION = "https://jsonfeed.org/version/1"


class _Author(Struct):
    name: str | None = None


class _Attachment(Struct):
    url: str | None = None


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
    attachments: list[_Attachment] | None = None


class _Hub(Struct):
    type: str | None = None
    url: str | None = None


class JsonFeed(Struct):
    """The feed; its items are still to be decoded, so that a broken one spoils only itself."""

    version: str
    items: list[msgspec.Raw]
    title: str | None = None
    language: str | None = None
    feed_url: str | None = None
    hubs: list[_Hub] | None = None


def hub(feed: JsonFeed, url: str) -> str | None:
    """The feed's first hub that speaks WebSub; not rssCloud."""
    hubs = (each.url for each in feed.hubs or () if (each.type or "").lower() == "websub")
    found = next(hubs, None)
    return web_link(found, url) if found else None


def decode(body: bytes) -> JsonFeed:
    """The feed in a body in UTF-8. Raises NotAFeed."""
    body = _LONE_SURROGATE.sub(rb"\\ufffd", body)
    try:
        feed = msgspec.json.decode(body, type=JsonFeed)
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
        link=_link(item, guid, url),
        title=escape(item.title or "", quote=False),
        summary=escape(item.summary or "", quote=False),
        content_html=_content(item),
        authors=people([author.name or "" for author in authors], site_name),
        categories=[escape(tag, quote=False) for tag in item.tags or ()],
        published=parse_time(item.date_published or ""),
        updated=parse_time(item.date_modified or ""),
    )


def _link(item: _Item, guid: str, url: str) -> str | None:
    link = web_link(item.url, url) if item.url else web_link(guid, "")
    attached = {web_link(one.url, url) for one in item.attachments or () if one.url}
    return None if link in attached else link


def _content(item: _Item) -> str:
    """The full text as HTML; some feeds repeat the summary there, for want of a text."""
    if item.content_html:
        return item.content_html
    lines = paragraphs(item.content_text or "")
    if " ".join(lines) == " ".join((item.summary or "").split()):
        return ""
    return "\n".join(f"<p>{escape(words, quote=False)}</p>" for words in lines)
