"""Create the three topics, and on Kafka the job's topic of positions.

An existing topic keeps its settings, which :mod:`newsline.topics.check` compares; only partitions
are added to it if more are requested, and the embedded broker's retention is changed.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import NamedTuple

from newsline.broker import POSITION_BYTES, POSITIONS_TOPIC, Broker, Storage, Topic
from newsline.durations import format_duration
from newsline.errors import OperatorError
from newsline.records import (
    DEAD_LETTER_TOPIC,
    ENRICHED_TOPIC,
    MAX_DEAD_LETTER_BYTES,
    MAX_RECORD_BYTES,
    RAW_TOPIC,
    TOPICS,
)
from newsline.sizes import format_size
from newsline.topics.dead_letters.marks import MARK_BYTES, MARKS_TOPIC

PARTITIONS = 4
"""Of a new topic: enough for four workers, not too many for one."""

COPIES = 3
"""With 3 copies and min ISR 2, any one broker may be lost."""

MAX_BYTES = {
    RAW_TOPIC: MAX_RECORD_BYTES,
    ENRICHED_TOPIC: MAX_RECORD_BYTES,
    DEAD_LETTER_TOPIC: MAX_DEAD_LETTER_BYTES,
    POSITIONS_TOPIC: POSITION_BYTES,
    MARKS_TOPIC: MARK_BYTES,
}


class TopicOptions(NamedTuple):
    """Settings given by the operator; None: the safe ones on this broker.

    ``retention``: by topic, in seconds. ``size``: by topic, in bytes; for the embedded broker.
    ``compact``: topics that keep the last record of each key.
    """

    partitions: int | None = None
    replication: int | None = None
    min_isr: int | None = None
    retention: Mapping[str, float] = {}
    compact: Collection[str] = ()
    size: Mapping[str, int] = {}

    def storage(self, topic: str, servers: int) -> Storage:
        """The topic's storage on so many servers."""
        replication = self.replication or min(COPIES, servers)
        min_isr = self.min_isr or safe_min_isr(replication)
        return Storage(
            replication,
            min_isr,
            self.retention.get(topic),
            topic in self.compact,
            self.size.get(topic),
        )

    def changed(self, topic: str, there: Storage) -> Storage | None:
        """The topic's storage with the given retention and size; None if it has them already.

        Records that are kept for ever may have any size.
        """
        retention = self.retention.get(topic)
        size = self.size.get(topic, None if retention == math.inf else there.size)
        wanted = there._replace(
            retention=there.retention if retention is None else retention, size=size
        )
        return None if wanted == there else wanted


def safe_min_isr(replication: int) -> int:
    """Copies that must have a record: 2 if a third one may then be missing, else 1."""
    return 2 if replication >= COPIES else 1


def create_topics(broker: Broker, wanted: TopicOptions) -> list[str]:
    """Create missing topics and add partitions. Returns a line for each topic.

    Raises OperatorError, before any change, if the options cannot be met.
    """
    existing = {topic: broker.describe(topic) for topic in TOPICS}
    servers = broker.servers()
    _check_possible(wanted, servers, existing)
    lines = []
    before = broker.describe(POSITIONS_TOPIC)
    for topic, there in existing.items():
        storage = wanted.storage(topic, servers)
        partitions = wanted.partitions or PARTITIONS
        broker.ensure_topic(topic, partitions, MAX_BYTES[topic], storage)
        if there is None:
            lines.append(f"{topic}: created, {partitions} partitions, {_copies(storage)}")
            continue
        if wanted.partitions and wanted.partitions > there.partitions:
            broker.add_partitions(topic, wanted.partitions)
            lines.append(f"{topic}: {wanted.partitions} partitions now, {there.partitions} before")
        else:
            lines.append(
                f"{topic}: exists, {there.partitions} partitions, {_copies(there.storage)}"
            )
        changed = wanted.changed(topic, there.storage)
        if changed and broker.change_retention(topic, changed):
            lines.append(f"{topic}: records are kept {_kept(changed)} now")
    broker.ensure_positions(broker.partitions(RAW_TOPIC), wanted.storage(POSITIONS_TOPIC, servers))
    if after := broker.describe(POSITIONS_TOPIC):
        lines.append(_positions_line(before, after))
    return lines


def create_marks_topic(broker: Broker, wanted: TopicOptions = TopicOptions()) -> str:  # noqa: B008 - frozen
    """Create the topic of marks unless it exists: before the first one. Returns a line.

    The job does without, so that its user needs no right to create it. Marks are kept for ever: a
    dead letter without its mark would be replayed again.
    """
    there = broker.describe(MARKS_TOPIC)
    storage = wanted.storage(MARKS_TOPIC, broker.servers())._replace(retention=math.inf)
    broker.ensure_topic(MARKS_TOPIC, 1, MARK_BYTES, storage)
    done = "exists" if there else "created"
    return f"{MARKS_TOPIC}: {done}, 1 partition, {_copies(there.storage if there else storage)}"


def _positions_line(before: Topic | None, after: Topic) -> str:
    if before and before.partitions < after.partitions:
        return f"{POSITIONS_TOPIC}: {after.partitions} partitions now, {before.partitions} before"
    done = "exists" if before else "created"
    copies = _copies(after.storage)
    return f"{POSITIONS_TOPIC}: {done}, {after.partitions} partitions, {copies}"


def _kept(storage: Storage) -> str:
    """Until when records are kept, in words."""
    limits = []
    if storage.retention is not None and math.isfinite(storage.retention):
        limits.append(f"for {format_duration(storage.retention)}")
    if storage.size is not None:
        limits.append(f"up to {format_size(storage.size)}")
    return " and ".join(limits) or "for ever"


def _copies(storage: Storage) -> str:
    copies = f"{storage.replication} copies" if storage.replication > 1 else "1 copy"
    return f"{copies}, min ISR {storage.min_isr}"


def _check_possible(
    wanted: TopicOptions, servers: int, existing: Mapping[str, Topic | None]
) -> None:
    if wanted.replication and wanted.replication > servers:
        raise OperatorError(
            f"--replication {wanted.replication} needs as many brokers; the cluster has {servers}"
        )
    replication = wanted.replication or min(COPIES, servers)
    if wanted.min_isr and wanted.min_isr > replication:
        raise OperatorError(
            f"--min-isr {wanted.min_isr} of {replication} copies: nothing could be written"
        )
    for topic, there in existing.items():
        if wanted.partitions and there and wanted.partitions < there.partitions:
            raise OperatorError(
                f"{topic} has {there.partitions} partitions, which cannot be reduced:"
                f" give --partitions {there.partitions} or more"
            )
