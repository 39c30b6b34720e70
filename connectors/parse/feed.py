"""The bytes of a feed to its entries. Pure.

Runs in a child process with a deadline: feedparser takes seconds over a hostile body.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice

from msgspec.structs import replace

from connectors.parse import jsonfeed, xmlfeed
from connectors.parse.parsed import Entry, ParsedFeed, digest
from connectors.text import plain

MAX_ENTRIES = 2_000


def parse_feed(body: bytes, url: str, content_type: str, charset: str | None) -> ParsedFeed:
    """The feed read at ``url``: RSS, RDF, Atom or JSON Feed. Raises NotAFeed.

    ``content_type`` and ``charset`` are the response header's; what the body shows goes first.
    """
    is_json = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    if is_json or ("json" in content_type and b"<" not in body[:100]):
        return _json(body, url)
    return _xml(body, url, charset)


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
    )


def _xml(body: bytes, url: str, charset: str | None) -> ParsedFeed:
    feed = xmlfeed.decode(body, charset)
    found = list(islice(xmlfeed.entries(feed, url), MAX_ENTRIES))
    return ParsedFeed(
        title=plain(feed.feed.get("title", "")),
        language=plain(feed.feed.get("language", "")),
        ttl=_minutes(feed.feed.get("ttl", "")),
        entries=_told_apart(found),
        dropped=len(feed.entries) - len(found),
    )


def _minutes(ttl: str) -> float | None:
    try:
        minutes = float(ttl)
    except ValueError:
        return None
    return minutes if 0 < minutes < float("inf") else None


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
