"""Example records for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from newsline.broker import Message
from newsline.records import (
    ENRICHED_TOPIC,
    RAW_TOPIC,
    EnrichedArticle,
    FeedRef,
    Language,
    RawArticle,
    Time,
    encode,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def article_id(number: int) -> str:
    return f"{number:032x}"


def raw_article(number: int = 1, **fields: Any) -> RawArticle:
    """Make a small raw article; ``fields`` replace the defaults."""
    url = f"https://example.org/{number}"
    defaults: dict[str, Any] = {
        "article_id": article_id(number),
        "cluster_id": fields.get("article_id", article_id(number)),
        "revision": 1,
        "url": url,
        "fetched_url": url,
        "feeds": (FeedRef("https://example.org/feed", str(number), "Harbour reopens"),),
        "title": "Harbour reopens",
        "text": "The harbour reopened on Monday.\nShips from Norway came first.",
        "text_source": "page",
        "page_outcome": "ok",
        "published": Time(NOON, "feed"),
        "first_seen": NOON,
        "fetched_at": NOON,
        "content_hash": article_id(number),
    }
    return RawArticle(**(defaults | fields))


def raw_message(article: RawArticle) -> Message:
    return Message(RAW_TOPIC, article.article_id.encode(), encode(article))


def enriched_article(number: int = 1, **fields: Any) -> EnrichedArticle:
    """Make the enriched article of :func:`raw_article`; ``fields`` replace the defaults."""
    defaults: dict[str, Any] = {
        "language": Language("en", 1.0),
        "entities": (),
        "topic_tags": (),
        "models": (),
        "enriched_at": NOON,
    }
    return EnrichedArticle(**(msgspec.structs.asdict(raw_article(number)) | defaults | fields))


def enriched_message(article: EnrichedArticle) -> Message:
    return Message(ENRICHED_TOPIC, article.article_id.encode(), encode(article))
