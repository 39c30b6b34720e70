"""The items of an XML document that is not well-formed, so that each affects itself alone. Pure.

feedparser and libxml2 recover, but an element that is not closed swallows the items after it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple
from xml.parsers import expat

_ROOT = re.compile(
    rb"<(?:[\w.-]{1,40}:)?(rss|feed|rdf|urlset|sitemapindex)(?:\s[^<>]*)?>", re.IGNORECASE
)
ITEMS = "item|entry"
MOST_ITEMS = 4_000
_MOST_BYTES = 50 * 1024**2
"""Larger feeds would take longer than the parser may: each malformed item is parsed alone, with
the head."""


def is_well_formed(body: bytes, *, with_prefixes: bool = True) -> bool:
    """Whether a document in UTF-8 is well-formed XML; ``with_prefixes``: and declares them."""
    parser = expat.ParserCreate("utf-8", " ") if with_prefixes else expat.ParserCreate("utf-8")
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        return False
    return True


class FeedParts(NamedTuple):
    """The parts of a feed: ``head + items + tail`` is one too, whichever the items."""

    head: bytes
    items: Sequence[bytes]
    tail: bytes

    def of(self, items: Sequence[bytes]) -> bytes:
        """The feed with these items alone."""
        return b"".join((self.head, *items, self.tail))

    def is_well_formed(self, item: bytes) -> bool:
        """Whether the feed with this item alone is well-formed XML."""
        return is_well_formed(self.of([item]))


def split_items(body: bytes, names: str = ITEMS) -> list[bytes]:
    """The feed's head, and each of its items with what follows it."""
    return _tag(names, "(?=<", r"[\s>])").split(body)


def feed_parts(body: bytes, names: str = ITEMS, most: int = MOST_ITEMS) -> FeedParts | None:
    """The parts of a feed; None for one without items or root, or with too many items. A head that
    is not well-formed is replaced by its root element."""
    head, *items = split_items(body, names)
    tail = _end_tags(head)
    if tail is None:
        root = _ROOT.search(head)
        head = root[0] + (b"<channel>" if root[1].lower() == b"rss" else b"") if root else b""
        tail = _end_tags(head)
    is_large = len(items) > most or len(head) * len(items) > _MOST_BYTES
    if not items or tail is None or is_large:
        return None
    end = _tag(names, "</", r"\s*>")
    return FeedParts(head, [_without_rest(item, end) for item in items], tail)


def _without_rest(item: bytes, end: re.Pattern[bytes]) -> bytes:
    """The item up to its end tag, if it has one."""
    ends = [found.end() for found in end.finditer(item)]
    return item[: ends[-1]] if ends else item


@cache
def _tag(names: str, begin: str, end: str) -> re.Pattern[bytes]:
    tag = rf"{begin}(?:[\w.-]{{1,40}}:)?(?:{names}){end}"
    return re.compile(tag.encode(), re.IGNORECASE)


def _end_tags(head: bytes) -> bytes | None:
    """The end tags of the elements that a head leaves open; None if it is not well-formed."""
    open_elements: list[str] = []
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = lambda name, _: open_elements.append(name)
    parser.EndElementHandler = lambda _: open_elements.pop()
    try:
        parser.Parse(head, False)
    except expat.ExpatError:
        return None
    return "".join(f"</{name}>" for name in reversed(open_elements)).encode()
