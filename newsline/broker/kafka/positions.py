"""The job's own record of its positions: a small compacted topic, and a mark beside each offset.

A group's committed offset alone is not reliable. It expires, partition by partition, after
``offsets.retention.minutes`` without a commit, because our groups have no members; and every
program that knows the group's name can overwrite it. So each transaction that commits a position
also writes it to :data:`newsline.broker.POSITIONS_TOPIC`, to the partition of the same number, with
the group as its key. Everything here is pure.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from newsline.broker import POSITIONS_TOPIC, Place
from newsline.outcomes import OffsetJump

CONFIGURATION = {
    "cleanup.policy": "compact",
    # A segment is compacted once it is closed: 1 MiB is about 5,000 commits.
    "segment.bytes": str(1024 * 1024),
    "segment.ms": str(24 * 60 * 60 * 1000),
    "min.cleanable.dirty.ratio": "0.1",
}

MARK = "newsline/1"
"""Begins the metadata of our commits; the topic's id and the offset follow."""


class StoredPosition(msgspec.Struct, frozen=True, kw_only=True):
    """A value on the topic of positions.

    ``offset`` is that of the next record to read. ``topic_id`` differs after the topic was deleted
    and created again; it is empty before Kafka 2.8. ``partitions`` is the number of the topic's
    partitions at the group's first claim: one beyond was added later. ``complete``: the group has
    kept its positions here since its first commit; false after an upgrade from a version that
    wrote none. ``at`` is in seconds since 1970.
    """

    group: str
    topic: str
    topic_id: str
    partition: int
    offset: int
    partitions: int
    complete: bool
    at: float


class GroupOffset(NamedTuple):
    """A group's committed offset with its metadata."""

    offset: int
    metadata: str = ""

    @property
    def topic_id(self) -> str | None:
        """The id in our mark; None without one, or if it is of another offset: another program has
        committed, and some keep the metadata that they find."""
        match self.metadata.split(" "):
            case [mark, topic_id, offset] if mark == MARK and offset == str(self.offset):
                return topic_id
        return None


class PartitionNow(NamedTuple):
    """The partition as it is: id of its topic, its oldest offset and its end."""

    topic: str
    topic_id: str
    number: int
    oldest: int
    end: int


class Elsewhere(NamedTuple):
    """What else tells whether a group has read a partition in which it has no position of its own.

    ``others``: its positions in other partitions. ``outputs``: True if any group has written an
    output. ``emptied``: True if records were deleted from the partition of the topic of positions.
    """

    others: tuple[StoredPosition, ...] = ()
    outputs: bool = False
    emptied: bool = False

    @property
    def first_partitions(self) -> int | None:
        """The topic's partitions at the group's first claim; None before it."""
        return min((each.partitions for each in self.others), default=None)

    @property
    def complete(self) -> bool:
        """True if the group cannot have committed an offset without a position."""
        return all(each.complete for each in self.others) if self.others else not self.outputs

    def was_added(self, number: int) -> bool:
        """True if the partition was added after the group's first claim."""
        first = self.first_partitions
        return first is not None and number >= first


def mark(topic_id: str, offset: int) -> str:
    """The metadata of our commits."""
    return f"{MARK} {topic_id} {offset}"


def encode(position: StoredPosition) -> bytes:
    """The position as JSON."""
    return msgspec.json.encode(position)


def decode(value: bytes | None) -> StoredPosition | None:
    """The position; None for a value that is not one of ours."""
    try:
        return msgspec.json.decode(value or b"", type=StoredPosition)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def place(
    now: PartitionNow,
    group: str,
    known: GroupOffset | None,
    own: StoredPosition | None,
    elsewhere: Elsewhere,
) -> Place:
    """Where to resume, by the group's offset and by our own record; one may be missing."""
    where = f"{now.topic} partition {now.number}"
    former = own.topic_id if own else known.topic_id if known else None
    if former and former != now.topic_id:
        before = own.offset if own else known.offset if known else 0
        return Place(
            now.oldest,
            jump=OffsetJump.RECREATED,
            line=f"{now.topic} was created again: partition {now.number} is read from its start,"
            f" offset {now.oldest}; in the deleted topic, {before} was the next",
        )
    if own is None:
        return _without_own(now, group, known, elsewhere)
    if known is None:
        return Place(
            own.offset,
            jump=OffsetJump.EXPIRED,
            line=f"the offset of group {group} for {where} has expired: resumed at {own.offset},"
            f" by {POSITIONS_TOPIC}",
        )
    if known.topic_id is None or known.offset != own.offset:
        return Place(
            own.offset,
            jump=OffsetJump.FOREIGN_COMMIT,
            line=f"another program has committed offset {known.offset} of {where} with our group"
            f" {group}: refused, resumed at {own.offset}, by {POSITIONS_TOPIC};"
            " give that program a group of its own (if it was an older newsline, what it enriched"
            " is enriched again)",
        )
    return Place(own.offset)


def cut(now: PartitionNow, found: Place) -> Place:
    """The place found, with ``cut`` and what is left to choose from if it is after the end."""
    if found.offset is None or found.offset <= now.end:
        return found
    return found._replace(oldest=now.oldest, end=now.end, cut=True)


def _without_own(
    now: PartitionNow, group: str, known: GroupOffset | None, elsewhere: Elsewhere
) -> Place:
    if known is None:
        return _unread(now, elsewhere)
    if known.topic_id is not None:
        return Place(known.offset)
    added = elsewhere.was_added(now.number)
    if added or elsewhere.complete or not elsewhere.outputs:
        # No earlier version of ours can have committed it.
        return _unread(now, elsewhere)._replace(
            jump=OffsetJump.FOREIGN_COMMIT,
            line=f"another program has committed offset {known.offset} of {now.topic} partition"
            f" {now.number} with our group {group}, which has not read this partition yet: refused;"
            " give that program a group of its own",
        )
    return Place(
        known.offset,
        line=f"{now.topic} partition {now.number}: resumed at {known.offset}, which group"
        f" {group} committed without a record on {POSITIONS_TOPIC}, as earlier versions did",
    )


def _unread(now: PartitionNow, elsewhere: Elsewhere) -> Place:
    """The place in a partition without an offset that counts."""
    if elsewhere.was_added(now.number):
        return Place(now.oldest)
    kept = bool(elsewhere.others) and elsewhere.complete and not elsewhere.emptied
    return Place(None, now.oldest, now.end, never_read=kept)
