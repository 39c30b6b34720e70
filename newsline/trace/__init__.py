"""What happened to an article from news.raw on, read from the topics and a sink's files."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from newsline.broker import Broker
from newsline.records import DEAD_LETTER_TOPIC, ENRICHED_TOPIC, RAW_TOPIC, decode_enriched
from newsline.sinks.jsonl import file_of
from newsline.trace import from_records
from newsline.trace.events import Dead, Enriched, Job, Line, Looked, Raw
from newsline.trace.search import Found, Part, search

CLOCKS = 60.0
"""Seconds by which the clocks of two machines may differ."""


class Wanted(NamedTuple):
    """The article, its latest ``revision`` if that is known, and where it may be on news.raw: since
    when, and past which offset of each partition."""

    article_id: str
    revision: int | None
    since: float
    past: Mapping[int, int] = {}

    @property
    def key(self) -> bytes:
        return self.article_id.encode()


def on_raw(broker: Broker, wanted: Wanted) -> tuple[Sequence[Raw], Sequence[Looked]]:
    """The article's records on news.raw, and where they were looked for."""
    expected = _revisions(wanted.revision or 1)

    def enough(found: Sequence[Found]) -> bool:
        return expected <= {from_records.raw(each).revision for each in found}

    found, looks = search(broker, RAW_TOPIC, wanted.key, Part(wanted.since, wanted.past), enough)
    return [from_records.raw(each) for each in found], looks


def from_job(
    broker: Broker, group: str, wanted: Wanted, raw: Sequence[Raw]
) -> tuple[Sequence[Enriched | Dead | Job], Sequence[Looked]]:
    """What the job has made of the article, how far it is, and where that was looked for.

    Revisions may be past their retention on news.raw and still be where the job writes to.
    """
    committed = broker.committed(group, RAW_TOPIC)
    passed = [each for each in raw if each.offset < committed[each.partition]]
    waiting = {each.revision for each in raw} - {each.revision for each in passed}
    expected = {each.revision for each in passed} | _revisions(wanted.revision or 0) - waiting
    since = min((each.at.timestamp() - CLOCKS for each in raw), default=wanted.since)
    part = Part(min(since, wanted.since) if wanted.revision else since)

    def all_enriched(found: Sequence[Found]) -> bool:
        return expected <= {each.revision for each in map(from_records.enriched, found) if each}

    def all_accounted_for(found: Sequence[Found]) -> bool:
        return len(found) + len(enriched) >= max(len(passed), len(expected))

    found, looks = search(broker, ENRICHED_TOPIC, wanted.key, part, all_enriched)
    enriched = [each for each in map(from_records.enriched, found) if each]
    letters, more = search(broker, DEAD_LETTER_TOPIC, wanted.key, part, all_accounted_for)
    dead = [each for each in map(from_records.dead, letters) if each]
    done = {each.revision for each in enriched}
    over = {each.original for each in dead}
    left = [r for r in raw if r.revision not in done and (r.partition, r.offset) not in over]
    lag = broker.lag(group, RAW_TOPIC)
    begun = broker.has_committed(group, RAW_TOPIC)
    jobs = [
        _job(group, partition, committed[partition], lag[partition], left, begun)
        for partition in sorted({each.partition for each in raw})
    ]
    return [*enriched, *dead, *jobs], [*looks, *more]


def in_files(directory: Path, wanted: Wanted, partitions: Collection[int]) -> Iterator[Line]:
    """The article's lines in the files of these partitions of news.raw, in each one at least."""
    for partition in sorted(partitions):
        file = file_of(directory, partition)
        lines = list(_lines(file, wanted)) if file.exists() else []
        yield from lines or [Line(at=None, file=str(file), line=None, revision=None)]


def _lines(file: Path, wanted: Wanted) -> Iterator[Line]:
    with file.open("rb") as opened:
        for number, line in enumerate(opened, 1):
            if wanted.key not in line:
                continue
            article = from_records.decoded(line, decode_enriched)
            if article and article.article_id == wanted.article_id:
                at, revision = article.enriched_at, article.revision
                yield Line(at=at, file=str(file), line=number, revision=revision)


def _revisions(latest: int) -> set[int | None]:
    return set(range(1, latest + 1))


def _job(
    group: str, partition: int, committed: int, lag: int, left: Sequence[Raw], begun: bool
) -> Job:
    offsets = [each.offset for each in left if each.partition == partition]
    return Job(
        group=group,
        partition=partition,
        committed=committed,
        lag=lag,
        waiting=[offset for offset in offsets if offset >= committed],
        missing=[offset for offset in offsets if offset < committed],
        begun=begun,
    )
