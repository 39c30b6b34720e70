"""A feed's bytes to a ParsedFeed: detect the format, read it, clean the entries. Pure.

Runs in a child process with a deadline: feedparser takes seconds on a hostile body.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from msgspec.structs import replace

from connectors.parse import jsonfeed, sitemap, xmlfeed
from connectors.parse.encoding import decompress, to_utf8
from connectors.parse.entry import Entry, RawEntry, clean_entry, digest
from connectors.parse.parsed_feed import FeedBody, ParsedFeed
from connectors.text.clean import strip_markup

MAX_ENTRIES = 2_000
MAX_LEFT_OUT = 100
"""Entries beyond MAX_ENTRIES that are named to the operator."""

MAX_SITEMAPS = 1_000
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_Item = TypeVar("_Item")


def parse_feed(body: FeedBody, now: datetime | None = None) -> ParsedFeed:
    """Parse RSS, RDF, Atom, JSON Feed or a sitemap. Raises NotAFeed.

    The content decides the format before its header. ``now``: pages in a sitemap that are not
    marked as news are entries only if they changed shortly before.
    """
    content = to_utf8(decompress(body.content), body.charset, body.url)
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
    """The index with the newest entries of its parsed sitemaps, as one feed."""
    entries = _unique(entry for part in parts for entry in part.entries)
    kept, rest = _newest(entries, lambda entry: entry.updated or entry.published)
    left_out = [*(entry for part in parts for entry in part.left_out), *rest]
    names = [(part.title, part.language) for part in parts if part.title]
    title, language = names[0] if names else ("", "")
    return replace(
        index,
        title=title,
        language=language,
        entries=tuple(kept),
        dropped=sum(part.dropped for part in parts) + len(rest),
        left_out=tuple(left_out[:MAX_LEFT_OUT]),
    )


def _json(body: bytes, url: str) -> ParsedFeed:
    feed = jsonfeed.parse(body)
    items, rest = _newest(jsonfeed.items(feed), lambda item: item.updated() or item.published())
    return ParsedFeed(
        title=strip_markup(jsonfeed.title(feed)),
        language=strip_markup(jsonfeed.language(feed)),
        ttl=None,
        entries=_cleaned(jsonfeed.entries(feed, items, url)),
        dropped=len(feed.items or ()) - len(items),
        left_out=_cleaned(jsonfeed.entries(feed, rest[:MAX_LEFT_OUT], url)),
        hub=jsonfeed.hub(feed, url),
        topic=jsonfeed.topic(feed, url),
        format="JSON Feed",
    )


def _xml(body: bytes, url: str) -> ParsedFeed:
    feed = xmlfeed.parse(body)
    channel, found = feed.data.feed, xmlfeed.items(feed)
    items, rest = _newest(found, lambda item: xmlfeed.updated(item) or xmlfeed.published(item))
    return ParsedFeed(
        title=strip_markup(channel.get("title") or ""),
        language=strip_markup(channel.get("language") or ""),
        ttl=xmlfeed.ttl(channel),
        entries=_cleaned(xmlfeed.entries(feed, items, url)),
        dropped=max(len(found) + feed.unread, xmlfeed.count_items(body)) - len(items),
        left_out=_cleaned(xmlfeed.entries(feed, rest[:MAX_LEFT_OUT], url)),
        hub=xmlfeed.link(channel, "hub", url),
        topic=xmlfeed.link(channel, "self", url),
        format="Atom" if xmlfeed.is_atom(feed) else "RSS",
    )


def _sitemap(body: bytes, url: str, now: datetime | None) -> ParsedFeed:
    urlset = sitemap.read_urlset(body, url, now)
    return ParsedFeed(
        title=strip_markup(urlset.name),
        language=strip_markup(urlset.language),
        ttl=None,
        entries=_cleaned(urlset.entries[:MAX_ENTRIES]),
        dropped=urlset.unread + max(0, len(urlset.entries) - MAX_ENTRIES),
        left_out=_cleaned(urlset.entries[MAX_ENTRIES:][:MAX_LEFT_OUT]),
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


def _newest(
    items: Sequence[_Item], changed: Callable[[_Item], datetime | None]
) -> tuple[list[_Item], list[_Item]]:
    """The newest items, :data:`MAX_ENTRIES` at most, and the others, each in their order: many
    feeds have the oldest first. An undated item counts as being as old as the one before it."""
    if len(items) <= MAX_ENTRIES:
        return list(items), []
    times = [changed(item) for item in items]
    latest = next(filter(None, times), _LONG_AGO)
    ages = [latest := time or latest for time in times]
    newest = set(sorted(range(len(items)), key=ages.__getitem__, reverse=True)[:MAX_ENTRIES])
    rest = [item for n, item in enumerate(items) if n not in newest]
    return [items[n] for n in sorted(newest)], rest


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
