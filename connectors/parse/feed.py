"""A feed's bytes to a ParsedFeed: detect the format, read it, clean the entries. Pure.

Runs in a child process with a deadline: feedparser takes seconds on a hostile body.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from msgspec.structs import replace

from connectors.parse import jsonfeed, sitemap, xmlfeed
from connectors.parse.encoding import decompress, to_utf8
from connectors.parse.entry import Entry, RawEntry, clean_entry, digest
from connectors.parse.parsed_feed import FeedBody, ParsedFeed
from connectors.text.clean import strip_markup
from connectors.text.urls import absolute_url

MAX_ENTRIES = 2_000
MAX_SITEMAPS = 1_000


def parse_feed(body: FeedBody, now: datetime | None = None) -> ParsedFeed:
    """Parse RSS, RDF, Atom, JSON Feed or a sitemap. Raises NotAFeed.

    The content decides the format before its header. ``now``: pages in a sitemap that are not
    marked as news are entries only if they changed shortly before.
    """
    content = to_utf8(decompress(body.content), body.charset)
    is_json = content.lstrip()[:1] == b"{"
    if is_json or ("json" in body.content_type and b"<" not in content[:100]):
        return _json(content, body.url)
    match sitemap.root_name(content):
        case "urlset":
            return _sitemap(content, body.url, now)
        case "sitemapindex":
            return _index(content, body.url, now)
    return _xml(content, body.url)


def merge_sitemaps(index: ParsedFeed, parts: Sequence[ParsedFeed]) -> ParsedFeed:
    """The index with the entries of its parsed sitemaps, as one feed."""
    entries = _unique(entry for part in parts for entry in part.entries)
    names = [(part.title, part.language) for part in parts if part.title]
    title, language = names[0] if names else ("", "")
    return replace(
        index,
        title=title,
        language=language,
        entries=entries[:MAX_ENTRIES],
        dropped=sum(part.dropped for part in parts) + max(0, len(entries) - MAX_ENTRIES),
    )


def _json(body: bytes, url: str) -> ParsedFeed:
    feed = jsonfeed.parse(body)
    entries = [raw for raw in islice(jsonfeed.entries(feed, url), MAX_ENTRIES) if raw]
    return ParsedFeed(
        title=strip_markup(feed.title or ""),
        language=strip_markup(feed.language or ""),
        ttl=None,
        entries=_cleaned(entries),
        dropped=len(feed.items) - len(entries),
        hub=jsonfeed.hub(feed, url),
        topic=absolute_url(feed.feed_url, url) if feed.feed_url else None,
        format="JSON Feed",
    )


def _xml(body: bytes, url: str) -> ParsedFeed:
    feed = xmlfeed.parse(body)
    entries = list(islice(xmlfeed.entries(feed, url), MAX_ENTRIES))
    return ParsedFeed(
        title=strip_markup(feed.feed.get("title", "")),
        language=strip_markup(feed.feed.get("language", "")),
        ttl=xmlfeed.ttl(feed.feed),
        entries=_cleaned(entries),
        dropped=len(feed.entries) - len(entries),
        hub=xmlfeed.link(feed.feed, "hub", url),
        topic=xmlfeed.link(feed.feed, "self", url),
        format="Atom" if feed.get("version", "").startswith("atom") else "RSS",
    )


def _sitemap(body: bytes, url: str, now: datetime | None) -> ParsedFeed:
    urlset = sitemap.read_urlset(body, url, now)
    return ParsedFeed(
        title=strip_markup(urlset.name),
        language=strip_markup(urlset.language),
        ttl=None,
        entries=_cleaned(urlset.entries[:MAX_ENTRIES]),
        dropped=max(0, len(urlset.entries) - MAX_ENTRIES),
        format="sitemap",
    )


def _index(body: bytes, url: str, now: datetime | None) -> ParsedFeed:
    sitemaps = tuple(sitemap.read_index(body, url, now)[:MAX_SITEMAPS])
    return ParsedFeed(
        title="",
        language="",
        ttl=None,
        entries=(),
        dropped=0,
        sitemaps=sitemaps,
        format="index of sitemaps",
    )


def _cleaned(entries: Iterable[RawEntry]) -> tuple[Entry, ...]:
    return _unique(map(clean_entry, entries))


def _unique(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each entry once, with a unique id.

    Some feeds give one guid to all entries. Then link and title are part of every id, including the
    first one's: which entry is first changes from poll to poll.
    """
    distinct = {(e.id, e.link, e.title): e for e in reversed(list(entries))}
    uses = Counter(entry_id for entry_id, _, _ in distinct)
    return tuple(
        entry
        if uses[entry.id] == 1
        else replace(entry, id=digest(entry.id, entry.link or "", entry.title))
        for entry in reversed(distinct.values())
    )
