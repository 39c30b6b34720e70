"""What is not as it should be with the topics, and how to mend it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from newsline.announce import announce
from newsline.broker import OVERHEAD_BYTES, Broker, Storage, Topic
from newsline.errors import OperatorError
from newsline.records import DEAD_LETTER_TOPIC, RAW_TOPIC, TOPICS
from newsline.topics.create import COPIES, MAX_BYTES, Asked, safe_min_isr

DAY = 24 * 60 * 60.0


class Finding(NamedTuple):
    """Something about a topic, and the settings of it that mend that, if any do.

    ``fault``: it breaks a promise, or is not as asked for; otherwise it makes a promise weaker.
    """

    topic: str
    what: str
    settings: Mapping[str, str] = {}
    fault: bool = True


def findings(broker: Broker, asked: Asked = Asked()) -> list[Finding]:  # noqa: B008 - frozen
    """Of the topics that exist; what is not asked for may be as it is."""
    servers = broker.servers()
    return [
        finding
        for topic in TOPICS
        if (found := broker.describe(topic))
        for finding in (
            *_differences(topic, found.storage, asked),
            *_faults(topic, found),
            *_risks(topic, found, servers),
            *_oddities(topic, found),
        )
    ]


def check(broker: Broker) -> None:
    """Raises OperatorError with all faults in one line; says all else in one on stderr."""
    found = findings(broker)
    if faults := [each for each in found if each.fault]:
        raise OperatorError(f"the topics cannot be used: {_told(faults)}")
    if found:
        announce(f"newsline: warning: {_told(found)}")


def _told(found: list[Finding]) -> str:
    told = "; ".join(f"{each.topic}: {each.what}" for each in found)
    return f"{told}; newsline topics create says how to mend that"


def _differences(topic: str, found: Storage, asked: Asked) -> Iterator[Finding]:
    if asked.replication not in (None, found.replication):
        yield Finding(topic, f"replication is {found.replication}, not {asked.replication}")
    if asked.min_isr not in (None, found.min_isr):
        what = f"min.insync.replicas is {found.min_isr}, not {asked.min_isr}"
        yield Finding(topic, what, {"min.insync.replicas": str(asked.min_isr)})
    retention = asked.retention.get(topic)
    if retention not in (None, found.retention):
        what = f"retention.ms is {_milliseconds(found.retention)}, not {_milliseconds(retention)}"
        yield Finding(topic, what, {"retention.ms": _milliseconds(retention)})
    if topic in asked.compact and not found.compact:
        policy = "compact" if retention is None else "compact,delete"
        settings = {"cleanup.policy": policy, "min.compaction.lag.ms": _milliseconds(DAY)}
        yield Finding(topic, "cleanup.policy does not compact", settings)


def _faults(topic: str, found: Topic) -> Iterator[Finding]:
    if found.max_bytes < MAX_BYTES[topic]:
        has, needed = (most + OVERHEAD_BYTES for most in (found.max_bytes, MAX_BYTES[topic]))
        what = f"max.message.bytes is {has}, less than the {needed} of the largest record"
        yield Finding(topic, what, {"max.message.bytes": str(needed)})
    replication, min_isr, _, _ = found.storage
    if min_isr > replication:
        what = f"min.insync.replicas is {min_isr} of {replication}: nothing can be written"
        yield Finding(topic, what, {"min.insync.replicas": str(safe_min_isr(replication))})


def _risks(topic: str, found: Topic, servers: int) -> Iterator[Finding]:
    replication, min_isr, _, _ = found.storage
    safe = safe_min_isr(replication)
    settings = {"min.insync.replicas": str(safe)}
    if replication < min(COPIES, servers):
        what = f"replication is {replication} on {servers} brokers"
        yield Finding(topic, what, fault=False)
    elif min_isr < safe:
        what = f"min.insync.replicas is {min_isr} of {replication}: one broker lost can lose news"
        yield Finding(topic, what, settings, fault=False)
    elif 1 < replication == min_isr:
        what = f"min.insync.replicas is {min_isr} of {replication}: one broker down stops writing"
        yield Finding(topic, what, settings, fault=False)
    if found.unclean:
        what = "unclean.leader.election.enable is true: one broker lost can lose news"
        yield Finding(topic, what, {"unclean.leader.election.enable": "false"}, fault=False)


def _oddities(topic: str, found: Topic) -> Iterator[Finding]:
    retention = found.storage.retention
    if not found.broker_time:
        what = "message.timestamp.type is not LogAppendTime: lag goes by the writers' clocks"
        yield Finding(topic, what, {"message.timestamp.type": "LogAppendTime"}, fault=False)
    if topic == RAW_TOPIC and retention is not None and retention < DAY:
        what = f"retention.ms is {_milliseconds(retention)}: a job down for longer loses news"
        yield Finding(topic, what, {"retention.ms": _milliseconds(7 * DAY)}, fault=False)
    if topic == DEAD_LETTER_TOPIC and found.storage.compact:
        what = "cleanup.policy compacts: of an article's dead letters only the last stays"
        yield Finding(topic, what, {"cleanup.policy": "delete"}, fault=False)


def _milliseconds(seconds: float | None) -> str:
    return "-1" if seconds is None or math.isinf(seconds) else str(int(seconds * 1000))
