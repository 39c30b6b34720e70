"""What sites write around their feeds: discovery.toml. Pure."""

from __future__ import annotations

from pathlib import Path

import msgspec

PATH = Path(__file__).with_name("discovery.toml")


class KnownSite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``page`` matches a page's host and path; ``feed``: its feed's URL, with a place for the first
    group of the match."""

    page: str
    feed: str


class Discovery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lists of discovery.toml, described there."""

    paths: tuple[str, ...]
    sitemaps: tuple[str, ...]
    feed_words: frozenset[str]
    icon_words: frozenset[str]
    url_words: frozenset[str]
    url_endings: tuple[str, ...]
    not_feeds: tuple[str, ...]
    comments: tuple[str, ...]
    comments_unspaced: tuple[str, ...]
    site: tuple[KnownSite, ...]


KNOWN = msgspec.toml.decode(PATH.read_bytes(), type=Discovery)
