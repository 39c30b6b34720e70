"""The border of the parser: a feed's bytes in, a ParsedFeed out, whatever the format. Pure."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from connectors.parse.entry import Entry


class NotAFeed(Exception):
    """The body is not a feed; the message names what it seems to be instead."""


class FeedBody(NamedTuple):
    """A feed's bytes, from a poll or from its hub.

    ``url``: the base of its links. ``content_type`` and ``charset``: from the response header.
    """

    content: bytes
    url: str
    content_type: str
    charset: str | None


class Sitemap(Struct, frozen=True):
    """A sitemap in an index; ``lastmod`` as written there, empty if it is not a date."""

    url: str
    lastmod: str


class ParsedFeed(Struct, frozen=True, kw_only=True):
    """A parsed feed; ``format`` for the operator, ``ttl`` in minutes.

    ``dropped``: items beyond MAX_ENTRIES or unreadable; ``left_out``: some of the former. ``hub``:
    a WebSub hub; ``topic``: the feed URL known to the hub. An index of sitemaps has no entries but
    ``sitemaps``, the newest first.
    """

    title: str
    language: str
    ttl: float | None
    entries: tuple[Entry, ...]
    dropped: int
    left_out: tuple[Entry, ...] = ()
    hub: str | None = None
    topic: str | None = None
    sitemaps: tuple[Sitemap, ...] = ()
    format: str = ""
