"""What a parser reads in a feed with one item, in a form that two parsers share. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.parse import Entry, FeedBody, NotAFeed, parse_feed
from connectors.text.clean import strip_markup
from tools.conformance.made_feed import MadeFeed

URL = "https://news.example/feeds/latest"

Reading = Mapping[str, Any]
"""Field → what was read; ``error`` alone if the feed was refused, ``items`` alone if it has not one
item."""


def newsline_reading(feed: MadeFeed) -> Reading:
    """What newsline reads."""
    try:
        parsed = parse_feed(FeedBody(feed.body, URL, "", None))
    except NotAFeed:
        return {"error": "refused"}
    return _entry(parsed.entries[0]) if len(parsed.entries) == 1 else {"items": len(parsed.entries)}


def peer_reading(found: Mapping[str, Any]) -> Reading:
    """What the peer reads, from its program's line."""
    if found.get("error"):
        return {"error": "refused"}
    if len(found["items"]) != 1:
        return {"items": len(found["items"])}
    item = found["items"][0]
    return {
        "link": item["link"].strip(),
        "id": item["id"].strip() or item["link"].strip(),
        "title": item["title"],
        "summary": item["summary"],
        "content": item["content"],
        "authors": [name for name in item["authors"] if name],
        "categories": [name for name in item["categories"] if name],
        "published": item["published"] or item["updated"],
        "updated": item["updated"],
    }


def _entry(entry: Entry) -> Reading:
    return {
        "link": entry.link or "",
        "id": entry.id,
        "title": entry.title,
        "summary": entry.summary,
        "content": strip_markup(entry.content_html),
        "authors": list(entry.authors),
        "categories": list(entry.categories),
        "published": _moment(entry.published or entry.updated),
        "updated": _moment(entry.updated),
    }


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
