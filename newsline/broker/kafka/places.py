"""Where groups are in a topic, by their committed offsets and by the topic of positions."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import closing

import msgspec
from kafka import OffsetSpec, TopicPartition

from newsline.broker import (
    POSITION_BYTES,
    POSITIONS_TOPIC,
    BrokerError,
    Place,
    Position,
    Storage,
    Topic,
)
from newsline.broker.kafka import positions
from newsline.broker.kafka.admin import KafkaAdmin, configuration
from newsline.broker.kafka.group import GroupOffsets
from newsline.broker.kafka.positions import Elsewhere, GroupOffset, PartitionNow, StoredPosition
from newsline.broker.kafka.reader import PartitionReader
from newsline.outcomes import OffsetJump
from newsline.records import DEAD_LETTER_TOPIC, ENRICHED_TOPIC

LOOK_BACK = 10
"""Offsets before the end in which the newest position is searched first: each commit takes two, and
other groups write to the partition too."""

READ_AT_ONCE = 500

MAX_WAIT_MS = 1
"""Time that the broker may hold back its answer at the end of what is searched."""


class GroupPlaces:
    """The places of groups on one cluster, and the partitions that this process has claimed."""

    def __init__(self, servers: str, admin: KafkaAdmin) -> None:
        self._servers = servers
        self._admin = admin
        self._groups: dict[str, GroupOffsets] = {}
        self._claimed: dict[tuple[str, int], StoredPosition] = {}
        self._lock = threading.Lock()

    def ensure_topic(self, partitions: int, storage: Storage) -> None:
        """Create the topic of positions, or add partitions to it."""
        there = self._admin.partitions(POSITIONS_TOPIC)
        if not there:
            wanted = Topic(partitions, POSITION_BYTES, storage)
            settings = configuration(POSITION_BYTES, storage) | positions.CONFIGURATION
            self._admin.create(POSITIONS_TOPIC, wanted, settings)
        elif there < partitions:
            self._admin.add_partitions(POSITIONS_TOPIC, partitions)

    def committed(self, group: str, topic: str, numbers: Sequence[int]) -> list[int | None]:
        """For each partition, the group's place as :meth:`resume` finds it; None without."""
        topic_id = self._admin.topic_id(topic)
        known = self._offsets(group).committed([TopicPartition(topic, n) for n in numbers])
        return [
            each.offset
            if each and each.topic_id in ("", topic_id)
            else self._uncertain(group, PartitionNow(topic, topic_id, number, 0, 0), each)
            for number, each in zip(numbers, known, strict=True)
        ]

    def resume(self, group: str, topic: str, number: int) -> Place:
        """Like :meth:`newsline.broker.Broker.resume`."""
        self._refuse_other_members(group)
        partitions = self._admin.partitions(topic)
        self._require_position_partition(number, partitions)
        now = self._now(topic, number)
        (known,) = self._offsets(group).committed([TopicPartition(topic, number)])
        own = self._newest(group, topic, number)
        elsewhere = Elsewhere() if own else self._elsewhere(group, topic, number)
        found = positions.cut(now, positions.place(now, group, known, own, elsewhere))
        self._claimed[topic, number] = StoredPosition(
            group=group,
            topic=topic,
            topic_id=now.topic_id,
            partition=number,
            offset=0,
            partitions=own.partitions if own else elsewhere.first_partitions or partitions,
            complete=own.complete if own else elsewhere.complete,
            at=0.0,
        )
        return found

    def to_store(self, position: Position) -> StoredPosition | None:
        """The record of a position; None if this process has not claimed the partition."""
        claimed = self._claimed.get((position.topic, position.partition))
        if claimed is None or claimed.group != position.group:
            return None
        return msgspec.structs.replace(claimed, offset=position.offset, at=time.time())

    def refuse_recreated(self, topic: str, number: int) -> None:
        """Raise BrokerError if the topic is no longer the one that this process has claimed.

        Fetch requests of kafka-python 3.0.12 name the topic instead of its id, so a consumer goes
        on in a new topic of that name, at its offset in the deleted one.
        """
        claimed = self._claimed.get((topic, number))
        if claimed and self._admin.topic_id(topic) != claimed.topic_id:
            raise BrokerError(
                f"kafka://{self._servers}: topic {topic} was deleted while partition {number} was"
                " read: start again, and a new topic of this name is read from its start"
            )

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            while self._groups:
                self._groups.popitem()[1].close()

    def _offsets(self, group: str) -> GroupOffsets:
        with self._lock:
            if group not in self._groups:
                self._groups[group] = GroupOffsets(self._servers, group)
            return self._groups[group]

    def _uncertain(self, group: str, now: PartitionNow, known: GroupOffset | None) -> int | None:
        """The place in a partition whose committed offset is missing or not ours."""
        own = self._newest(group, now.topic, now.number)
        unsure = known is not None and own is None
        elsewhere = self._elsewhere(group, now.topic, now.number) if unsure else Elsewhere()
        found = positions.place(now, group, known, own, elsewhere)
        return None if found.jump is OffsetJump.RECREATED else found.offset

    def _refuse_other_members(self, group: str) -> None:
        if members := self._admin.members(group):
            raise BrokerError(
                f"kafka://{self._servers}: other programs are members of our group {group}:"
                f" {', '.join(members)}: end them, or give them a group of their own"
            )

    def _require_position_partition(self, number: int, partitions: int) -> None:
        """Add partitions that the topic of positions lacks, as after an addition to news.raw."""
        there = self._admin.partitions(POSITIONS_TOPIC)
        if not there:
            raise BrokerError(
                f"topic {POSITIONS_TOPIC} does not exist on kafka://{self._servers}: run"
                " newsline topics create"
            )
        if there <= number:
            self._admin.add_partitions(POSITIONS_TOPIC, partitions)

    def _now(self, topic: str, number: int) -> PartitionNow:
        place = [TopicPartition(topic, number)]
        (oldest,) = self._admin.offsets(place, OffsetSpec.EARLIEST)
        (end,) = self._admin.offsets(place, OffsetSpec.LATEST)
        return PartitionNow(topic, self._admin.topic_id(topic), number, oldest, end)

    def _elsewhere(self, group: str, topic: str, number: int) -> Elsewhere:
        numbers = range(self._admin.partitions(topic))
        others = (self._newest(group, topic, other) for other in numbers if other != number)
        return Elsewhere(
            tuple(found for found in others if found),
            any(self._any_record(output) for output in (ENRICHED_TOPIC, DEAD_LETTER_TOPIC)),
            self._was_emptied(number),
        )

    def _any_record(self, topic: str) -> bool:
        """True if a record was ever written to the topic; False if it does not exist."""
        places = [TopicPartition(topic, n) for n in range(self._admin.partitions(topic))]
        return any(self._admin.offsets(places, OffsetSpec.LATEST)) if places else False

    def _was_emptied(self, number: int) -> bool:
        """True if records were deleted from the topic of positions; compaction leaves its start."""
        if number >= self._admin.partitions(POSITIONS_TOPIC):
            return False
        return any(
            self._admin.offsets([TopicPartition(POSITIONS_TOPIC, number)], OffsetSpec.EARLIEST)
        )

    def _newest(self, group: str, topic: str, number: int) -> StoredPosition | None:
        """The group's newest position in the partition, searched backwards from its end."""
        if number >= self._admin.partitions(POSITIONS_TOPIC):
            return None
        place = TopicPartition(POSITIONS_TOPIC, number)
        (oldest,) = self._admin.offsets([place], OffsetSpec.EARLIEST)
        (end,) = self._admin.settled_ends([place])
        if end <= oldest:
            return None
        until, back = end, LOOK_BACK
        with closing(PartitionReader(self._servers, self._admin, place, MAX_WAIT_MS)) as reader:
            while until > oldest:
                start = max(oldest, end - back)
                if found := _last(reader, start, until, group, topic):
                    return found
                until, back = start, 2 * back
        return None


def _last(
    reader: PartitionReader, start: int, end: int, group: str, topic: str
) -> StoredPosition | None:
    """The last position of the group from ``start`` up to before ``end``."""
    last = None
    while start < end and (records := reader.read(start, READ_AT_ONCE, 0.0)):
        for record in records:
            if record.offset < end and record.key == group.encode():
                found = positions.decode(record.value)
                last = found if found and found.topic == topic else last
        start = records.end
    return last
