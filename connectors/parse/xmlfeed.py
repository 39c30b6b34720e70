"""RSS 0.9x and 2.0, RDF (RSS 1.0) and Atom, read with feedparser. Pure."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple
from xml.sax import SAXException

import feedparser

from connectors.parse.author_field import names_in
from connectors.parse.entry import RawEntry, first_link, paragraphs
from connectors.parse.ill_formed import FeedParts, feed_parts
from connectors.parse.parsed_feed import NotAFeed
from connectors.parse.references import in_feed
from connectors.parse.tidy import MARK, tidied
from connectors.text.byline import people
from connectors.text.clean import clean_lines, strip_markup
from connectors.text.dates import parse_time
from connectors.text.markup import has_tags
from connectors.text.urls import absolute_url

_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_END = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}
_MARK = re.compile(rb"<!--|-->|<!\[CDATA\[|\]\]>|<(?:item|entry)(?=[\s>/])")
_PAGES = ("text/html", "application/xhtml+xml")

_PUBLISHED = ("published", "dc_issued", "publisheddate", "created", "dc_created")
_UPDATED = ("updated", "dcterms_date", "lastmodified")
"""feedparser's names: it has ``pubDate`` and ``issued`` as published, ``dc:date`` as updated."""

_HEADERS = {"content-type": "application/xml; charset=utf-8"}

_PERIODS = {
    "hourly": 60.0,
    "daily": 1_440.0,
    "weekly": 10_080.0,
    "monthly": 43_200.0,
    "yearly": 525_600.0,
}
"""Minutes (https://web.resource.org/rss/1.0/modules/syndication/)."""


class XmlFeed(NamedTuple):
    """A feed as feedparser has it, and the number of items that it could not parse."""

    data: feedparser.FeedParserDict
    unread: int = 0


def parse(body: bytes) -> XmlFeed:
    """Parse a body in UTF-8 with feedparser. Raises NotAFeed, and whatever feedparser raises on a
    feed without items."""
    content = tidied(in_feed(body))
    whole = _attempt(content)
    feed = XmlFeed(whole) if whole and _is_well_formed(whole) else _by_item(content, whole)
    if not feed.data.get("version") and not feed.data.get("entries"):
        raise NotAFeed(_looks_like(body))
    return feed


def _attempt(content: bytes) -> feedparser.FeedParserDict | None:
    """The feed, unless it has elements on which feedparser raises."""
    try:
        return _feedparser(content)
    except Exception:  # KeyError, ValueError, TypeError and others, depending on the element
        return None


def _is_well_formed(feed: feedparser.FeedParserDict) -> bool:
    return not isinstance(feed.get("bozo_exception"), SAXException)


def _by_item(content: bytes, whole: feedparser.FeedParserDict | None) -> XmlFeed:
    """The feed with its well-formed items parsed together, and each of the others alone.

    ``whole``: the feed parsed at once, if that did not fail.
    """
    parts = feed_parts(content)
    if parts is None:
        return XmlFeed(whole or _feedparser(content))
    good = [item for item in parts.items if parts.is_well_formed(item)]
    together = _attempt(parts.of(good))
    if together is None or len(together.entries) != len(good):
        good, together = [], _feedparser(parts.of([]))
    ready, well_formed = iter(list(together.entries)), frozenset(good)
    found = [[next(ready)] if item in well_formed else _alone(parts, item) for item in parts.items]
    feed = whole or together
    feed["entries"] = [entry for each in found for entry in each]
    return XmlFeed(feed, unread=sum(not each for each in found))


def _alone(parts: FeedParts, item: bytes) -> Sequence[feedparser.FeedParserDict]:
    feed = _attempt(parts.of([item]))
    return list(feed.entries)[:1] if feed else ()


def _feedparser(content: bytes) -> feedparser.FeedParserDict:
    # A stream, since feedparser 6.0 opens bytes that look like a path and fetches bytes that look
    # like a URL. No base URL, since feedparser would resolve guids too; links are resolved here.
    stream = io.BytesIO(content)
    return feedparser.parse(stream, response_headers=_HEADERS, sanitize_html=False)


def items(feed: XmlFeed) -> list[dict[str, Any]]:
    """The feed's items."""
    # feedparser's own item["updated"] falls back to published, with a warning.
    return [dict(dict.items(item)) for item in feed.data.entries]


def count_items(body: bytes) -> int:
    """The items that a body in UTF-8 begins, outside comments and CDATA sections. It is more than
    are read if a section without an end takes the others in."""
    count, hidden, end = 0, 0, b""
    for mark in _MARK.finditer(body):
        match mark[0]:
            case b"<!--" | b"<![CDATA[" if not end:
                end, hidden = _END[mark[0]], 0
            case b"-->" | b"]]>" if mark[0] == end:
                end = b""
            case b"<!--" | b"<![CDATA[" | b"-->" | b"]]>":
                continue
            case _ if end:
                hidden += 1
            case _:
                count += 1
    return count + (hidden if end else 0)


def entries(feed: XmlFeed, chosen: Iterable[Mapping[str, Any]], url: str) -> Iterator[RawEntry]:
    """One entry for each of the feed's items."""
    channel = feed.data.feed
    site_name, language = strip_markup(channel.get("title") or ""), channel.get("language") or ""
    authors = channel.get("authors", ()) if is_atom(feed) else ()
    for item in chosen:
        yield _entry(item, url, site_name, language, authors)


def is_atom(feed: XmlFeed) -> bool:
    return str(feed.data.get("version", "")).startswith("atom")


def published(item: Mapping[str, Any], language: str = "") -> datetime | None:
    """The item's time of publication, else of creation."""
    return _time(item, _PUBLISHED, language)


def updated(item: Mapping[str, Any], language: str = "") -> datetime | None:
    """The item's time of its last change."""
    return _time(item, _UPDATED, language)


def link(channel: Mapping[str, Any], rel: str, url: str) -> str | None:
    """The feed's first own link with relation ``rel``."""
    links = _related(channel.get("links", ()), rel)
    return absolute_url(links[0]["href"], url) if links else None


def ttl(channel: Mapping[str, Any]) -> float | None:
    """Minutes between updates by the feed itself: the longer of ``ttl`` and the period of RSS 1.0's
    syndication module. None if it has neither."""
    period = _PERIODS.get(channel.get("sy_updateperiod", "").lower(), 0.0)
    frequency = _number(channel.get("sy_updatefrequency", "")) or 1.0
    return max(_number(channel.get("ttl", "")), period / frequency) or None


def _number(words: str) -> float:
    try:
        number = float(words)
    except ValueError:
        return 0.0
    return number if 0 < number < float("inf") else 0.0


def _entry(
    item: Mapping[str, Any],
    url: str,
    site_name: str,
    language: str,
    authors: Sequence[Mapping[str, str]],
) -> RawEntry:
    """``language`` and ``authors``: the feed's. An Atom entry without authors inherits those of its
    source feed, else of this feed (RFC 4287, 4.2.1)."""
    sources = (item.get("authors", ()), item.get("source", {}).get("authors", ()), authors)
    summary, content = _text(item.get("summary_detail")), _content(item)
    dates = published(item, language), updated(item, language)
    return RawEntry(
        guid=(item.get("id") or "").removeprefix(MARK),
        link=_link(item, url),
        title=_text(item.get("title_detail")),
        summary="" if summary == content else summary,
        content_html=content,
        authors=people(next(filter(None, map(_names, sources)), ()), site_name),
        categories=[tag.get("label") or tag.get("term") or "" for tag in item.get("tags", ())],
        published=dates[0],
        updated=dates[1],
        unread_date="" if any(dates) else _written_date(item),
    )


def _names(authors: Sequence[Mapping[str, str]]) -> list[str]:
    names = (names_in((author.get("name") or "").replace(MARK, "@")) for author in authors)
    return [name for name in names if name]


def _link(item: Mapping[str, Any], url: str) -> str | None:
    """The article's URL: the first usable alternate link, else a guid that is a permalink; never an
    enclosure, and the feed itself only without another."""
    links = item.get("links", ())
    others = {absolute_url(one["href"], url) for one in _related(links, "enclosure")}
    pages = (
        page for page in (item.get("feedburner_origlink"), *_pages(links), *_sources(item)) if page
    )
    # Without a link, feedparser puts a guid there unless isPermaLink is false.
    guids = (item.get("link") or "", item.get("id") or "")
    candidates = chain(
        (absolute_url(page, url) for page in pages),
        (absolute_url(guid, url if guid.startswith("/") else "") for guid in guids),
    )
    return first_link((link for link in candidates if link not in others), url)


def _pages(links: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The alternate links, HTML pages first."""
    found = _related(links, "alternate")
    pages = [link for link in found if link.get("type") in _PAGES]
    return (link["href"] for link in (*pages, *found))


def _sources(item: Mapping[str, Any]) -> Iterator[str]:
    """The addresses of contents that are elsewhere (RFC 4287, 4.1.3.2)."""
    return (each.get("src", "") for each in item.get("content", ()) if each.get("type") in _PAGES)


def _related(links: Sequence[Mapping[str, str]], relation: str) -> Sequence[Mapping[str, str]]:
    """The links with the relation; one without relation is an alternate (RFC 4287, 4.2.7.2)."""
    return [
        link
        for link in links
        if isinstance(link, dict)
        and (link.get("href") or "").strip()
        and relation
        in ((link.get("rel") or "").lower().rpartition("/")[2].split() or ["alternate"])
    ]


def _content(item: Mapping[str, Any]) -> str:
    """The longest content (content:encoded, Atom's content) as HTML."""
    return max(map(_text, item.get("content", ())), key=len, default="")


def _text(detail: Mapping[str, Any] | None) -> str:
    """A text construct as HTML. Many that are declared to be plain text are HTML too."""
    if not detail:
        return ""
    value = str(detail.get("value") or "")
    if detail.get("type") != "text/plain" or "<" not in value or has_tags(value):
        return value
    return paragraphs(clean_lines(value))


def _time(item: Mapping[str, Any], names: Sequence[str], language: str) -> datetime | None:
    """The first time among the named fields; by our own parser, since feedparser reads unknown
    zones as UTC and anything after a leading year as a date."""
    written = (str(item.get(name) or "") for name in names)
    return next(filter(None, (parse_time(text, language) for text in written)), None)


def _written_date(item: Mapping[str, Any]) -> str:
    """The item's first date as written; empty if it has none."""
    written = (str(item.get(name) or "").strip() for name in (*_PUBLISHED, *_UPDATED))
    return next(filter(None, written), "")


def _looks_like(body: bytes) -> str:
    if not body.strip():
        return "an empty body"
    is_page = _HTML.search(body[:4_096])
    return "an HTML page" if is_page else "neither RSS, Atom, JSON Feed nor sitemap"
