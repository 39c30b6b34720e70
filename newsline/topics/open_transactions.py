"""Transactions that stay open on a topic: what is written after them waits, and is in no lag."""

from __future__ import annotations

import time

from newsline.broker import POSITIONS_TOPIC, Broker, OpenTransaction
from newsline.records import TOPICS

WATCHED = (*TOPICS, POSITIONS_TOPIC)
"""Topics on which an open transaction stops a reader, or the job's start."""

LATE_SECONDS = 10.0
"""Silence after which a single look takes a transaction for one that stays open."""

LONG_SECONDS = 60.0
"""Ours take milliseconds; the broker aborts them after 45 s."""


def stale(broker: Broker, topic: str) -> list[OpenTransaction]:
    """Open transactions whose producers have not written for LATE_SECONDS."""
    before = time.time() - LATE_SECONDS
    return [each for each in broker.open_transactions(topic) if each.wrote < before]


def line(topic: str, found: OpenTransaction) -> str:
    """What an operator has to know of it."""
    producer = "" if found.producer is None else f" of producer {found.producer}"
    return (
        f"{topic} partition {found.partition}: {found.records} offsets wait behind an open"
        f" transaction{producer}, from offset {found.offset} on; they are in no lag"
    )
