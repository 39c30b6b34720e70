"""Compare the topics' settings with the safe ones and those given."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from newsline.announce import announce
from newsline.broker import OVERHEAD_BYTES, POSITIONS_TOPIC, Broker, Storage, Topic
from newsline.errors import OperatorError
from newsline.log_lines import LogEvent
from newsline.records import DEAD_LETTER_TOPIC, RAW_TOPIC, TOPICS
from newsline.topics.create import COPIES, MAX_BYTES, TopicOptions, safe_min_isr
from newsline.topics.dead_letters.marks import MARKS_TOPIC

DAY = 24 * 60 * 60.0

JOB_TOPICS = (*TOPICS, POSITIONS_TOPIC)
"""Topics that connectors and job use; their users need no right on the others."""

LONGEST = 2**31 - 1
"""The greatest offsets.retention.minutes."""


class TopicFinding(NamedTuple):
    """A wrong setting of a topic, and the settings that correct it, if any do.

    ``fault``: it breaks a promise, or differs from a given option; otherwise it is a risk.
    ``broker_settings``: those that correct it are in the files of the brokers.
    """

    topic: str
    what: str
    settings: Mapping[str, str] = {}
    fault: bool = True
    broker_settings: Mapping[str, str] = {}


def findings(
    broker: Broker,
    wanted: TopicOptions = TopicOptions(),  # noqa: B008 - frozen
    topics: Sequence[str] = (*JOB_TOPICS, MARKS_TOPIC),
) -> list[TopicFinding]:
    """Check the existing topics. Options that are not given are not compared."""
    servers, expire = broker.servers(), broker.offsets_retention()
    return [
        finding
        for topic in topics
        if (found := broker.describe(topic))
        for finding in (
            *_differences(topic, found.storage, wanted),
            *_faults(topic, found),
            *_risks(topic, found, servers),
            *_oddities(topic, found),
            *_short_offsets(topic, found.storage, expire),
        )
    ]


def check(broker: Broker, topics: Sequence[str] = JOB_TOPICS) -> None:
    """Raise OperatorError with all faults in one line; print all risks in one line on stderr.

    Without settings of the brokers: what they put at risk is covered, and not everybody may change
    them.
    """
    found = [each for each in findings(broker, topics=topics) if not each.broker_settings]
    if faults := [each for each in found if each.fault]:
        raise OperatorError(f"the topics cannot be used: {_in_one_line(faults)}")
    if found:
        announce(f"newsline: warning: {_in_one_line(found)}", LogEvent.RISK, level=logging.WARNING)


def _in_one_line(found: list[TopicFinding]) -> str:
    text = "; ".join(f"{each.topic}: {each.what}" for each in found)
    return f"{text}; newsline topics create prints the commands that correct them"


def _differences(topic: str, found: Storage, wanted: TopicOptions) -> Iterator[TopicFinding]:
    if wanted.replication not in (None, found.replication):
        yield TopicFinding(topic, f"replication is {found.replication}, not {wanted.replication}")
    if wanted.min_isr not in (None, found.min_isr):
        what = f"min.insync.replicas is {found.min_isr}, not {wanted.min_isr}"
        yield TopicFinding(topic, what, {"min.insync.replicas": str(wanted.min_isr)})
    retention = wanted.retention.get(topic)
    if retention not in (None, found.retention):
        what = f"retention.ms is {_milliseconds(found.retention)}, not {_milliseconds(retention)}"
        yield TopicFinding(topic, what, {"retention.ms": _milliseconds(retention)})
    if topic in wanted.compact and not found.compact:
        policy = "compact" if retention is None else "compact,delete"
        settings = {"cleanup.policy": policy, "min.compaction.lag.ms": _milliseconds(DAY)}
        yield TopicFinding(topic, "cleanup.policy does not compact", settings)


def _faults(topic: str, found: Topic) -> Iterator[TopicFinding]:
    if found.max_bytes < MAX_BYTES[topic]:
        has, needed = (most + OVERHEAD_BYTES for most in (found.max_bytes, MAX_BYTES[topic]))
        what = f"max.message.bytes is {has}, less than the {needed} of the largest record"
        yield TopicFinding(topic, what, {"max.message.bytes": str(needed)})
    if not found.readable:
        what = "compression.type is snappy, and its codec is not installed: pip install cramjam"
        yield TopicFinding(topic, what, {"compression.type": "producer"})
    replication, min_isr, *_ = found.storage
    if min_isr > replication:
        what = f"min.insync.replicas is {min_isr} of {replication}: nothing can be written"
        yield TopicFinding(topic, what, {"min.insync.replicas": str(safe_min_isr(replication))})
    if topic == POSITIONS_TOPIC and not (found.storage.compact and _is_kept(found.storage)):
        what = "cleanup.policy is not compact: the positions of quiet partitions are deleted"
        yield TopicFinding(topic, what, {"cleanup.policy": "compact"})
    if topic == MARKS_TOPIC and not _is_kept(found.storage):
        retention = _milliseconds(found.storage.retention)
        what = f"retention.ms is {retention}: dead letters whose marks are gone are replayed again"
        yield TopicFinding(topic, what, {"retention.ms": "-1"})


def _is_kept(storage: Storage) -> bool:
    return storage.retention is None or math.isinf(storage.retention)


def _short_offsets(topic: str, found: Storage, expire: float | None) -> Iterator[TopicFinding]:
    """Offsets of the job's group that expire before the records do."""
    retention = found.retention
    if topic != RAW_TOPIC or retention is None or expire is None or retention <= expire:
        return
    has, needed = int(expire / 60), LONGEST if math.isinf(retention) else math.ceil(retention / 60)
    what = (
        f"its records are kept for longer than offsets of groups (offsets.retention.minutes {has})"
    )
    settings = {"offsets.retention.minutes": str(needed)}
    yield TopicFinding(topic, what, fault=False, broker_settings=settings)


def _risks(topic: str, found: Topic, servers: int) -> Iterator[TopicFinding]:
    replication, min_isr, *_ = found.storage
    safe = safe_min_isr(replication)
    settings = {"min.insync.replicas": str(safe)}
    if replication < min(COPIES, servers):
        what = f"replication is {replication} on {servers} brokers"
        yield TopicFinding(topic, what, fault=False)
    elif min_isr < safe:
        what = f"min.insync.replicas is {min_isr} of {replication}: one broker lost can lose news"
        yield TopicFinding(topic, what, settings, fault=False)
    elif 1 < replication == min_isr:
        what = f"min.insync.replicas is {min_isr} of {replication}: one broker down stops writing"
        yield TopicFinding(topic, what, settings, fault=False)
    if found.unclean:
        what = "unclean.leader.election.enable is true: one broker lost can lose news"
        yield TopicFinding(topic, what, {"unclean.leader.election.enable": "false"}, fault=False)


def _oddities(topic: str, found: Topic) -> Iterator[TopicFinding]:
    retention = found.storage.retention
    if not found.broker_time:
        what = "message.timestamp.type is not LogAppendTime: lag uses the writers' clocks"
        yield TopicFinding(topic, what, {"message.timestamp.type": "LogAppendTime"}, fault=False)
    short = retention is not None and retention < DAY and not found.keeps_unread
    if topic == RAW_TOPIC and short:
        what = f"retention.ms is {_milliseconds(retention)}: a job down for longer loses news"
        yield TopicFinding(topic, what, {"retention.ms": _milliseconds(7 * DAY)}, fault=False)
    if topic == DEAD_LETTER_TOPIC and found.storage.compact:
        what = "cleanup.policy compacts: only the last dead letter of an article is kept"
        yield TopicFinding(topic, what, {"cleanup.policy": "delete"}, fault=False)


def _milliseconds(seconds: float | None) -> str:
    return "-1" if seconds is None or math.isinf(seconds) else str(int(seconds * 1000))
