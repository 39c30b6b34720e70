"""RSS 0.9x and 2.0, RDF (RSS 1.0) and Atom, by feedparser. Pure."""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

import feedparser

from connectors.byline import people
from connectors.dates import EARLIEST, parse_time
from connectors.parse.parsed import Entry, NotAFeed, make_entry, web_link
from connectors.text import paragraphs, plain

_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]{1,8})|(\d{1,8}));", re.IGNORECASE)


def decode(body: bytes, charset: str | None) -> feedparser.FeedParserDict:
    """What feedparser makes of the body. Raises NotAFeed, or what feedparser raises."""
    # As a stream: feedparser 6.0 opens bytes that look like a path, and fetches what looks like a
    # URL. As application/xml: for text/xml without charset it follows RFC 3023, us-ascii. Without a
    # base: it would turn each guid into a URL; links are resolved here.
    charset = "utf-8" if _is_utf8(body) else charset
    headers = {"content-type": f"application/xml; charset={charset}" if charset else ""}
    stream = io.BytesIO(_REFERENCE.sub(_legal, body))
    feed = feedparser.parse(stream, response_headers=headers, sanitize_html=False)
    if not feed.get("version") and not feed.get("entries"):
        raise NotAFeed(_looks_like(body))
    return feed


def entries(feed: feedparser.FeedParserDict, url: str) -> Iterator[Entry]:
    """The entry of each item."""
    site_name = plain(feed.feed.get("title", ""))
    for item in feed.entries:
        # feedparser's own item["updated"] falls back to published, with a warning.
        yield _entry(dict(dict.items(item)), url, site_name)


def _entry(item: Mapping[str, Any], url: str, site_name: str) -> Entry:
    summary, content = _text(item.get("summary_detail")), _content(item)
    guid = item.get("id", "")
    link = item.get("feedburner_origlink") or item.get("link", "")
    return make_entry(
        guid=guid,
        link=web_link(link, url) if link else web_link(guid, ""),
        title=_text(item.get("title_detail")),
        summary="" if summary == content else summary,
        content_html=content,
        authors=people([a.get("name", "") for a in item.get("authors", ())], site_name),
        categories=[tag.get("label") or tag.get("term") or "" for tag in item.get("tags", ())],
        published=_time(item, "published"),
        updated=_time(item, "updated"),
    )


def _content(item: Mapping[str, Any]) -> str:
    """The longest of the entry's contents (content:encoded, Atom's content) as HTML."""
    return max(map(_text, item.get("content", ())), key=len, default="")


def _text(detail: Mapping[str, Any] | None) -> str:
    """A text construct as HTML."""
    if not detail:
        return ""
    value = str(detail.get("value") or "")
    if detail.get("type") != "text/plain" or "<" not in value:
        return value
    return "\n".join(f"<p>{escape(words, quote=False)}</p>" for words in paragraphs(value))


def _time(item: Mapping[str, Any], name: str) -> datetime | None:
    parsed = item.get(f"{name}_parsed")
    if not parsed:
        return parse_time(item.get(name) or "")
    try:
        moment = datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment >= EARLIEST else None


def _is_utf8(body: bytes) -> bool:
    """Whether it can only be UTF-8, whatever header and declaration say."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return not body.isascii()


def _legal(reference: re.Match[bytes]) -> bytes:
    """The character reference, if XML allows its character: feedparser raises on a surrogate."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    legal = code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0x10FFFF
    return reference[0] if legal else b""


def _looks_like(body: bytes) -> str:
    if not body.strip():
        return "an empty body"
    return "an HTML page" if _HTML.search(body[:4_096]) else "neither RSS, Atom nor JSON Feed"
