"""The bytes of a feed to its entries. Pure.

Runs in a child process with a deadline: feedparser takes seconds over a hostile body.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

from msgspec.structs import replace

from connectors.parse import jsonfeed, sitemap, xmlfeed
from connectors.parse.encoding import to_utf8, unpacked
from connectors.parse.parsed import Entry, ParsedFeed, digest, web_link
from connectors.text.clean import plain

MAX_ENTRIES = 2_000
MAX_SITEMAPS = 1_000


def parse_feed(
    body: bytes, url: str, content_type: str, charset: str | None, now: datetime | None = None
) -> ParsedFeed:
    """The feed read at ``url``: RSS, RDF, Atom, JSON Feed or a sitemap. Raises NotAFeed.

    ``content_type`` and ``charset`` are the response header's; what the body shows goes first.
    ``now``: of what is not marked as news in sitemaps, only what is recent then is read.
    """
    body = to_utf8(unpacked(body), charset)
    is_json = body.lstrip()[:1] == b"{"
    if is_json or ("json" in content_type and b"<" not in body[:100]):
        return _json(body, url)
    match sitemap.kind(body):
        case "urlset":
            return _sitemap(body, url, now)
        case "sitemapindex":
            return _index(body, url, now)
    return _xml(body, url)


def gathered(index: ParsedFeed, parts: Sequence[ParsedFeed]) -> ParsedFeed:
    """An index with what its sitemaps have, as one feed."""
    entries = _told_apart(entry for part in parts for entry in part.entries)
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
    feed = jsonfeed.decode(body)
    read = list(islice(jsonfeed.entries(feed, url), MAX_ENTRIES))
    found = [entry for entry in read if entry]
    return ParsedFeed(
        title=plain(feed.title or ""),
        language=plain(feed.language or ""),
        ttl=None,
        entries=_told_apart(found),
        dropped=len(feed.items) - len(found),
        hub=jsonfeed.hub(feed, url),
        topic=web_link(feed.feed_url, url) if feed.feed_url else None,
        format="JSON Feed",
    )


def _xml(body: bytes, url: str) -> ParsedFeed:
    feed = xmlfeed.decode(body)
    found = list(islice(xmlfeed.entries(feed, url), MAX_ENTRIES))
    return ParsedFeed(
        title=plain(feed.feed.get("title", "")),
        language=plain(feed.feed.get("language", "")),
        ttl=xmlfeed.ttl(feed.feed),
        entries=_told_apart(found),
        dropped=len(feed.entries) - len(found),
        hub=xmlfeed.link(feed.feed, "hub", url),
        topic=xmlfeed.link(feed.feed, "self", url),
        format="Atom" if feed.get("version", "").startswith("atom") else "RSS",
    )


def _sitemap(body: bytes, url: str, now: datetime | None) -> ParsedFeed:
    found = sitemap.urls(body, url, now)
    return ParsedFeed(
        title=plain(found.name),
        language=plain(found.language),
        ttl=None,
        entries=_told_apart(found.entries[:MAX_ENTRIES]),
        dropped=max(0, len(found.entries) - MAX_ENTRIES),
        format="sitemap",
    )


def _index(body: bytes, url: str, now: datetime | None) -> ParsedFeed:
    listed = tuple(sitemap.sitemaps(body, url, now)[:MAX_SITEMAPS])
    return ParsedFeed(
        title="",
        language="",
        ttl=None,
        entries=(),
        dropped=0,
        sitemaps=listed,
        format="index of sitemaps",
    )


def _told_apart(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each entry once, under an id of its own.

    Feeds that give one guid to all entries exist: then it takes link and title to tell them apart,
    for every one of them, since which comes first changes from poll to poll.
    """
    distinct = {(e.id, e.link, e.title): e for e in reversed(list(entries))}
    uses = Counter(name for name, _, _ in distinct)
    return tuple(
        entry
        if uses[entry.id] == 1
        else replace(entry, id=digest(entry.id, entry.link or "", entry.title))
        for entry in reversed(distinct.values())
    )
