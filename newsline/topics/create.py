"""The three topics made as they should be.

What differs on a topic that exists is left to whoever runs the broker, and told by
:mod:`newsline.topics.check`; but partitions are added when more are asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from newsline.broker import Broker, Storage, Topic
from newsline.errors import OperatorError
from newsline.records import (
    DEAD_LETTER_TOPIC,
    ENRICHED_TOPIC,
    MAX_DEAD_LETTER_BYTES,
    MAX_RECORD_BYTES,
    RAW_TOPIC,
    TOPICS,
)

PARTITIONS = 4
"""Of a topic that is made: enough for four workers to share, few enough for one."""

COPIES = 3
"""With a copy on three brokers and two that must have each record, any one may be lost."""

MAX_BYTES = {
    RAW_TOPIC: MAX_RECORD_BYTES,
    ENRICHED_TOPIC: MAX_RECORD_BYTES,
    DEAD_LETTER_TOPIC: MAX_DEAD_LETTER_BYTES,
}


class Asked(NamedTuple):
    """What an operator asks for; None: what is safe on this broker. ``retention``: for how many
    seconds a topic's records are kept; ``compact``: which topics keep the last of each key."""

    partitions: int | None = None
    replication: int | None = None
    min_isr: int | None = None
    retention: Mapping[str, float] = {}
    compact: Collection[str] = ()

    def storage(self, topic: str, servers: int) -> Storage:
        """How the topic is to be kept on so many servers."""
        replication = self.replication or min(COPIES, servers)
        min_isr = self.min_isr or safe_min_isr(replication)
        return Storage(replication, min_isr, self.retention.get(topic), topic in self.compact)


def safe_min_isr(replication: int) -> int:
    """How many copies must have a record: two where one can then still be missing."""
    return 2 if replication >= COPIES else 1


def create(broker: Broker, asked: Asked) -> list[str]:
    """Make what is missing and add partitions. Says for each topic what was done; raises
    OperatorError, with nothing done, where what is asked for cannot be."""
    found = {topic: broker.describe(topic) for topic in TOPICS}
    servers = broker.servers()
    _refuse_impossible(asked, servers, found)
    done = []
    for topic, there in found.items():
        storage = asked.storage(topic, servers)
        partitions = asked.partitions or PARTITIONS
        broker.ensure_topic(topic, partitions, MAX_BYTES[topic], storage)
        if there is None:
            done.append(f"{topic}: made, {partitions} partitions, {_copies(storage)}")
        elif asked.partitions and asked.partitions > there.partitions:
            broker.add_partitions(topic, asked.partitions)
            done.append(f"{topic}: {asked.partitions} partitions now, {there.partitions} before")
        else:
            done.append(f"{topic}: there, {there.partitions} partitions, {_copies(there.storage)}")
    return done


def _copies(storage: Storage) -> str:
    copies = f"{storage.replication} copies" if storage.replication > 1 else "1 copy"
    return f"{copies}, min ISR {storage.min_isr}"


def _refuse_impossible(asked: Asked, servers: int, found: Mapping[str, Topic | None]) -> None:
    if asked.replication and asked.replication > servers:
        raise OperatorError(
            f"--replication {asked.replication} needs as many brokers; the cluster has {servers}"
        )
    replication = asked.replication or min(COPIES, servers)
    if asked.min_isr and asked.min_isr > replication:
        raise OperatorError(
            f"--min-isr {asked.min_isr} of {replication} copies: nothing could be written"
        )
    for topic, there in found.items():
        if asked.partitions and there and asked.partitions < there.partitions:
            raise OperatorError(
                f"{topic} has {there.partitions} partitions, and none can be taken away:"
                f" ask for --partitions {there.partitions} or more"
            )
