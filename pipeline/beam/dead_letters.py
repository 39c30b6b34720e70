"""The outcome of a record: article, withdrawal, or dead letter with the original bytes. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from newsline import lineage, records, trace_context
from newsline.broker import Headers, Message, Record, headers_size
from newsline.outcomes import Reason, Stage
from newsline.records import DeadLetter, EnrichedArticle, Header, RawArticle, Withdrawal
from newsline.trace_context import TraceContext
from pipeline.beam.claims import Partition

MAX_KEY = 256
"""Bytes of a dead letter's own key; an article's has 32."""


Outcome = EnrichedArticle | Withdrawal | DeadLetter
"""What became of a record of news.raw."""


class Decoded(NamedTuple):
    """A record with its article, or with its outcome if it has none to enrich."""

    record: Record
    article: RawArticle | Withdrawal | DeadLetter


def dead_letter(
    partition: Partition,
    record: Record,
    stage: Stage,
    reason: Reason,
    error: str,
    attempts: int = 1,
) -> DeadLetter:
    """The record as a dead letter, dated now. One that was replayed keeps its lineage."""
    before = lineage.read(record.headers)
    headers = lineage.without(record.headers)
    if (size := headers_size(headers)) > records.MAX_HEADER_BYTES:
        error, headers = f"its headers of {size} bytes are left out; {error}", ()
    return DeadLetter(
        stage=stage,
        reason=reason,
        error=error[: records.MAX_ERROR],
        attempts=attempts + (before.attempts if before else 0),
        topic=partition.topic,
        partition=partition.number,
        offset=record.offset,
        key=record.key,
        original=record.value or b"",
        failed_at=datetime.now(UTC),
        headers=tuple(Header(*each) for each in headers),
        first_failed_at=before.first_failed_at if before else None,
        replay_of=before.replay_of if before else None,
    )


def decode_record(partition: Partition, record: Record) -> Decoded:
    """The record's validated article, its withdrawal, or its dead letter.

    A tombstone needs a key: without one it withdraws nothing.
    """
    if record.value is None and record.key:
        return Decoded(record, Withdrawal(record.key))
    try:
        return Decoded(record, records.decode_raw(record.value or b""))
    except msgspec.ValidationError as error:
        unknown = str(error).endswith("`$.schema`")
        reason, text = (Reason.UNKNOWN_SCHEMA if unknown else Reason.INVALID), str(error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason, text = Reason.NOT_A_RECORD, str(error)
    return Decoded(record, dead_letter(partition, record, Stage.DECODE, reason, text))


def message(partition: Partition, record: Record, outcome: Outcome) -> tuple[Message, Outcome]:
    """The outcome as a message to its topic. One that is too large becomes a dead letter."""
    trace = _trace(partition, record)
    if isinstance(outcome, Withdrawal):
        return Message(records.ENRICHED_TOPIC, outcome.key, None, trace), outcome
    value = records.encode(outcome)
    if isinstance(outcome, DeadLetter):
        # The letter holds the whole key; a long one would not fit again as the message's.
        key = record.key[:MAX_KEY] or b"-"
        return Message(records.DEAD_LETTER_TOPIC, key, value, trace), outcome
    # Not the record's key: that of a foreign producer may be another one, or none.
    key = outcome.article_id.encode()
    enriched = Message(records.ENRICHED_TOPIC, key, value, trace)
    if enriched.size <= records.MAX_RECORD_BYTES:
        return enriched, outcome
    error = f"enriched it has {enriched.size} bytes, more than {records.MAX_RECORD_BYTES}"
    refused = dead_letter(partition, record, Stage.ENCODE, Reason.TOO_LARGE, error)
    return message(partition, record, refused)


def next_step(partition: Partition, record: Record) -> TraceContext | None:
    """The job's step in the record's trace; None if the record has none."""
    step = trace_context.read(record.headers)
    return step and step.child(f"{partition.topic}/{partition.number}/{record.offset}")


def _trace(partition: Partition, record: Record) -> Headers:
    step = next_step(partition, record)
    return trace_context.carried(record.headers, step) if step else ()
