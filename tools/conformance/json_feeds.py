"""JSON Feeds made by mutation. Pure."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

from tools.conformance.made_feed import MadeFeed
from tools.conformance.variants import DATES, ISO, STOCK

_ITEM: dict[str, Any] = {
    "id": STOCK["id"].text,
    "url": STOCK["link"].text,
    "title": STOCK["title"].text,
    "summary": STOCK["summary"].text,
    "content_html": f"<p>{STOCK['content'].text}</p>",
    "date_published": ISO.text,
    "date_modified": STOCK["updated"].text,
    "authors": [{"name": "Ines Brandt"}],
    "tags": ["Ferries"],
}
_VALUES: dict[str, Any] = {
    "null": None,
    "empty": "",
    "blank": "  ",
    "number": 17,
    "true": True,
    "list": [],
    "object": {},
}
_OWN: dict[str, dict[str, Any]] = {
    "title": {"entity": "Fish &amp; chips", "tags": "The <i>Ferry</i>", "less-than": "a < b"},
    "content_html": {"as text": {}, "tags": "<p>The <i>Ferry</i>, at last</p><script>x</script>"},
    "authors": {
        "two": [{"name": "Ines Brandt"}, {"name": "Jon Lund"}],
        "text": "Ines Brandt",
        "texts": ["Ines Brandt"],
        "one object": {"name": "Ines Brandt"},
        "no name": [{"url": "https://news.example/ines"}],
    },
    "tags": {"text": "Ferries", "numbers": [1, 2], "null inside": [None, "Ferries"]},
    "date_published": {name: value for name, value in DATES.items() if name.startswith("ISO")},
}
_FEED: dict[str, dict[str, Any]] = {
    "version": {
        "1": "https://jsonfeed.org/version/1",
        "http": "http://jsonfeed.org/version/1.1",
        "www": "https://www.jsonfeed.org/version/1.1",
        "number": 1.1,
        "bare": "1.0",
    },
    "title": {"null": None, "number": 5, "object": {}},
    "author": {"object": {"name": "Ola Nilsen"}, "text": "Ola Nilsen", "null": None},
    "authors": {"list": [{"name": "Ola Nilsen"}], "null": None, "text": "Ola Nilsen"},
    "hubs": {"object": {}, "null": None},
    "language": {"number": 1, "null": None},
    "icon": {"object": {}},
}


def json_feeds(chance: random.Random, pairs: int) -> Iterator[MadeFeed]:
    """Each value of an item or of the feed written in each way, and ``pairs`` of two."""
    ways = [
        (f"{field}={way}", {field: value})
        for field in _ITEM
        for way, value in (_VALUES | _OWN.get(field, {})).items()
    ]
    ways += [(f"{field}=absent", {field: ...}) for field in _ITEM]
    ways += [("authors=as author", {"authors": ..., "author": {"name": "Ines Brandt"}})]
    ways += [("url=external", {"url": ..., "external_url": STOCK["link"].other})]
    yield _made("", {}, {})
    for name, item in ways:
        yield _made(f"/{name}", item, {})
    for number in range(pairs):
        (one, first), (two, second) = chance.sample(ways, 2)
        yield _made(f"/{one}/{two}/{number}", first | second, {})
    for field, values in _FEED.items():
        for way, value in values.items():
            yield _made(f"/feed's {field}={way}", {}, {field: value})
            if field.startswith("author"):
                yield _made(
                    f"/feed's {field}={way}/authors=absent", {"authors": ...}, {field: value}
                )


def _made(name: str, item: Mapping[str, Any], feed: Mapping[str, Any]) -> MadeFeed:
    kept = {key: value for key, value in {**_ITEM, **item}.items() if value is not ...}
    usual = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour News"}
    whole = {**usual, "items": [kept], **feed}
    return MadeFeed(f"JSON Feed{name}", json.dumps(whole, ensure_ascii=False).encode())
