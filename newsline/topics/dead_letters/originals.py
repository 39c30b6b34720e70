"""The original in a dead letter: what can be read of it, although it is no valid record. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from newsline.records import MAX_FEEDS, MAX_TITLE, MAX_URL


class OriginalArticle(NamedTuple):
    """The article in an original. "" and () for what is missing."""

    title: str = ""
    url: str = ""
    feeds: tuple[str, ...] = ()

    @property
    def feed(self) -> str:
        """The first feed that lists it; "" if none is named."""
        return self.feeds[0] if self.feeds else ""


def article(original: bytes) -> OriginalArticle:
    """The article, as far as the original is JSON and names it."""
    try:
        found = msgspec.json.decode(original)
    except (ValueError, RecursionError):
        return OriginalArticle()
    if not isinstance(found, dict):
        return OriginalArticle()
    return OriginalArticle(
        _text(found.get("title"), MAX_TITLE),
        _text(found.get("url"), MAX_URL),
        tuple(_feeds(found.get("feeds")))[:MAX_FEEDS],
    )


def _feeds(found: Any) -> Iterator[str]:
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict) and (url := _text(each.get("url"), MAX_URL)):
            yield url


def _text(value: Any, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""
