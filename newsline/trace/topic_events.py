"""Events of an article on the three topics: published, enriched, failed, still to be enriched."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from newsline.broker import Broker
from newsline.records import DEAD_LETTER_TOPIC, ENRICHED_TOPIC, RAW_TOPIC
from newsline.trace import from_records
from newsline.trace.events import (
    DeadLetterEvent,
    EnrichedEvent,
    JobEvent,
    LookedEvent,
    RawEvent,
    WithdrawnEvent,
)
from newsline.trace.search import FoundRecord, Range, search
from newsline.trace.wanted import CLOCK_SKEW, Wanted


def on_raw(
    broker: Broker, wanted: Wanted
) -> tuple[Sequence[RawEvent | WithdrawnEvent], Sequence[LookedEvent]]:
    """The article's records on news.raw, and the ranges that were searched."""
    expected = _revisions(wanted.revision or 1)

    def enough(found: Sequence[FoundRecord]) -> bool:
        events = map(from_records.raw, found)
        return expected <= {each.revision for each in events if isinstance(each, RawEvent)}

    within = Range(wanted.since, wanted.past)
    found, looked = search(broker, RAW_TOPIC, wanted.key, within, enough)
    return [from_records.raw(each) for each in found], looked


def from_job(
    broker: Broker, group: str, wanted: Wanted, raw: Sequence[RawEvent]
) -> tuple[
    Sequence[EnrichedEvent | WithdrawnEvent | DeadLetterEvent | JobEvent], Sequence[LookedEvent]
]:
    """What the job has made of the article, its progress, and the ranges that were searched.

    Revisions may be past their retention on news.raw and still be on the topics that the job
    writes.
    """
    committed = broker.committed(group, RAW_TOPIC)
    expected = _expected(wanted, raw, committed)
    within = Range(_since(wanted, raw))
    found, looked = _enriched(broker, wanted.key, within, expected.revisions)
    enriched = [each for each in found if isinstance(each, EnrichedEvent)]
    missing = expected.records - len(enriched)
    dead, looked_further = _dead(broker, wanted.key, within, missing)
    left = _left(raw, enriched, dead)
    progress = _progress(broker, group, committed, raw, left)
    return [*found, *dead, *progress], [*looked, *looked_further]


class Expected(NamedTuple):
    """What the job must have made of the article: so many records, and at best these revisions."""

    records: int
    revisions: Collection[int | None]


def _expected(wanted: Wanted, raw: Sequence[RawEvent], committed: Sequence[int]) -> Expected:
    passed = [each for each in raw if each.offset < committed[each.partition]]
    passed_revisions = {each.revision for each in passed}
    waiting = {each.revision for each in raw} - passed_revisions
    revisions = passed_revisions | _revisions(wanted.revision or 0) - waiting
    return Expected(max(len(passed), len(revisions)), revisions)


def _since(wanted: Wanted, raw: Sequence[RawEvent]) -> float:
    """The earliest time at which the job can have written."""
    since = min((each.at.timestamp() - CLOCK_SKEW for each in raw), default=wanted.since)
    return min(since, wanted.since) if wanted.revision else since


def _enriched(
    broker: Broker, key: bytes, within: Range, revisions: Collection[int | None]
) -> tuple[list[EnrichedEvent | WithdrawnEvent], Sequence[LookedEvent]]:
    def enough(found: Sequence[FoundRecord]) -> bool:
        events = map(from_records.enriched, found)
        known = {each.revision for each in events if isinstance(each, EnrichedEvent)}
        return known.issuperset(revisions)

    found, looked = search(broker, ENRICHED_TOPIC, key, within, enough)
    return [each for each in map(from_records.enriched, found) if each], looked


def _dead(
    broker: Broker, key: bytes, within: Range, missing: int
) -> tuple[list[DeadLetterEvent], Sequence[LookedEvent]]:
    """Dead letters, searched until there are as many as records are missing."""
    found, looked = search(
        broker, DEAD_LETTER_TOPIC, key, within, lambda letters: len(letters) >= missing
    )
    return [each for each in map(from_records.dead, found) if each], looked


def _left(
    raw: Sequence[RawEvent],
    enriched: Sequence[EnrichedEvent],
    dead: Sequence[DeadLetterEvent],
) -> Sequence[RawEvent]:
    """Records of which nothing was found where the job writes."""
    revisions = {each.revision for each in enriched}
    originals = {each.original for each in dead}
    return [
        each
        for each in raw
        if each.revision not in revisions and (each.partition, each.offset) not in originals
    ]


def _progress(
    broker: Broker,
    group: str,
    committed: Sequence[int],
    raw: Sequence[RawEvent],
    left: Sequence[RawEvent],
) -> Sequence[JobEvent]:
    """How far the job is in each partition with records of the article."""
    lag = broker.lag(group, RAW_TOPIC)
    begun = broker.has_committed(group, RAW_TOPIC)
    events = []
    for partition in sorted({each.partition for each in raw}):
        offsets = [each.offset for each in left if each.partition == partition]
        events.append(
            JobEvent(
                group=group,
                partition=partition,
                committed=committed[partition],
                lag=lag[partition],
                waiting=[offset for offset in offsets if offset >= committed[partition]],
                missing=[offset for offset in offsets if offset < committed[partition]],
                begun=begun,
            )
        )
    return events


def _revisions(latest: int) -> set[int | None]:
    return set(range(1, latest + 1))
