"""Records of the topics as events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from newsline import trace_context
from newsline.records import (
    ENRICHED_TOPIC,
    RAW_TOPIC,
    decode_dead_letter,
    decode_enriched,
    decode_raw,
)
from newsline.trace.events import DeadLetterEvent, EnrichedEvent, RawEvent, WithdrawnEvent
from newsline.trace.search import FoundRecord

Kind = TypeVar("Kind")


def raw(found: FoundRecord) -> RawEvent | WithdrawnEvent:
    """A record of news.raw; with ``problem`` if it cannot be decoded."""
    at, offset, value = _time(found), found.record.offset, found.record.value
    if value is None:
        return _withdrawn(RAW_TOPIC, found)
    try:
        article = decode_raw(value)
    except (ValueError, RecursionError) as error:
        return RawEvent(
            at=at,
            partition=found.partition,
            offset=offset,
            problem=str(error),
            trace_id=_trace_id(found),
        )
    return RawEvent(
        at=at,
        partition=found.partition,
        offset=offset,
        revision=article.revision,
        changed=article.changed,
        url=article.url,
        fetched_url=article.fetched_url,
        title=article.title,
        characters=len(article.text),
        text_source=article.text_source,
        page_outcome=article.page_outcome,
        fetched_at=article.fetched_at,
        content_hash=article.content_hash,
        trace_id=_trace_id(found),
    )


def enriched(found: FoundRecord) -> EnrichedEvent | WithdrawnEvent | None:
    """A record of news.enriched; None if it cannot be decoded."""
    if found.record.value is None:
        return _withdrawn(ENRICHED_TOPIC, found)
    article = decoded(found.record.value, decode_enriched)
    if article is None:
        return None
    return EnrichedEvent(
        at=_time(found),
        partition=found.partition,
        offset=found.record.offset,
        revision=article.revision,
        language=article.language.code,
        entities=len(article.entities),
        tags={tag.name: tag.confidence for tag in article.topic_tags},
        notes=article.notes,
        trace_id=_trace_id(found),
    )


def dead(found: FoundRecord) -> DeadLetterEvent | None:
    """A record of news.dead-letter; None if it cannot be decoded."""
    letter = decoded(found.record.value, decode_dead_letter)
    if letter is None:
        return None
    return DeadLetterEvent(
        at=_time(found),
        partition=found.partition,
        offset=found.record.offset,
        original=(letter.partition, letter.offset),
        stage=letter.stage,
        reason=letter.reason,
        error=letter.error,
        attempts=letter.attempts,
        replay_of=letter.replay_of,
        trace_id=_trace_id(found),
    )


def _withdrawn(topic: str, found: FoundRecord) -> WithdrawnEvent:
    return WithdrawnEvent(
        at=_time(found), topic=topic, partition=found.partition, offset=found.record.offset
    )


def decoded(value: bytes | None, decode: Callable[[bytes], Kind]) -> Kind | None:
    """The record; None if it is not of the kind and version that ``decode`` reads."""
    try:
        return decode(value or b"")
    except (ValueError, RecursionError):
        return None


def _time(found: FoundRecord) -> datetime:
    return datetime.fromtimestamp(found.record.timestamp, UTC)


def _trace_id(found: FoundRecord) -> str:
    step = trace_context.read(found.record.headers)
    return step.trace_id if step else ""
