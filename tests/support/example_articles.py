"""Raw articles and marked spans for the tests of enrichment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from newsline.outcomes import EntityType
from newsline.records import FeedRef, RawArticle, Time
from pipeline.enrich.entities.spans import Span

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def article(text: str = "Nothing much.", title: str = "Untitled", **fields: Any) -> RawArticle:
    """A raw article with this text, and otherwise the contract's minimum."""
    return RawArticle(
        **{
            "article_id": "0" * 32,
            "revision": 1,
            "url": "https://news.example/2026/11/a-slug",
            "fetched_url": "https://news.example/2026/11/a-slug",
            "feeds": (FeedRef("https://news.example/rss", "1"),),
            "title": title,
            "text": text,
            "text_source": "page",
            "page_outcome": "ok",
            "published": Time(NOW, "feed"),
            "first_seen": NOW,
            "fetched_at": NOW,
            "content_hash": "1" * 32,
            **fields,
        }
    )


def spans(text: str, *names: tuple[str, EntityType]) -> list[Span]:
    """Every occurrence of each name in the text, marked with the type, in order."""
    return sorted(
        Span(match.start(), match.end(), kind)
        for name, kind in names
        for match in re.finditer(re.escape(name), text)
    )


def surfaces(text: str, marked: Sequence[Span]) -> list[str]:
    """The texts of the spans."""
    return [text[span.start : span.end] for span in marked]
