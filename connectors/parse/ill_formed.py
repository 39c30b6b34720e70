"""The items of an XML feed that is not well-formed, so that each affects itself alone. Pure.

feedparser's second parser reads such a feed, but an element that is not closed swallows the items
after it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.parsers import expat

_ITEM = re.compile(rb"(?=<(?:[\w.-]{1,40}:)?(?:item|entry)[\s>])", re.IGNORECASE)
_END = re.compile(rb"</(?:[\w.-]{1,40}:)?(?:item|entry)\s*>", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?(rss|feed|rdf)(?:\s[^<>]*)?>", re.IGNORECASE)
_MOST_ITEMS = 4_000
_MOST_BYTES = 50 * 1024**2
"""Larger feeds would take longer than the parser may: each malformed item is parsed alone, with
the head."""


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
        try:
            expat.ParserCreate("utf-8", " ").Parse(self.of([item]), True)
        except expat.ExpatError:
            return False
        return True


def split_items(body: bytes) -> list[bytes]:
    """The feed's head, and each of its items with what follows it."""
    return _ITEM.split(body)


def feed_parts(body: bytes) -> FeedParts | None:
    """The parts of a feed; None for one without items or root, or with too many items. A head that
    is not well-formed is replaced by its root element."""
    head, *items = split_items(body)
    tail = _end_tags(head)
    if tail is None:
        root = _ROOT.search(head)
        head = root[0] + (b"<channel>" if root[1].lower() == b"rss" else b"") if root else b""
        tail = _end_tags(head)
    is_large = len(items) > _MOST_ITEMS or len(head) * len(items) > _MOST_BYTES
    if not items or tail is None or is_large:
        return None
    return FeedParts(head, [_without_rest(item) for item in items], tail)


def _without_rest(item: bytes) -> bytes:
    """The item up to its end tag, if it has one."""
    ends = [end.end() for end in _END.finditer(item)]
    return item[: ends[-1]] if ends else item


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
