"""What a monitor reads from the broker, in three threads: topics and lag, dead letters, open
transactions."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from newsline.broker import Broker
from newsline.monitor.delays import RecordTimes
from newsline.monitor.lag_follower import LagFollower, Moment
from newsline.monitor.snapshot import (
    DeadLettersNow,
    Delay,
    OpenNow,
    PartitionLag,
    longest_wait,
    records_waiting,
)
from newsline.monitor.topic_follower import TopicFollower
from newsline.records import DEAD_LETTER_TOPIC, ENRICHED_TOPIC, RAW_TOPIC, TOPICS
from newsline.topics.dead_letters.open_count import OpenDeadLetters
from newsline.topics.open_transactions import WATCHED


class Connection:
    """Opens the broker at the first use, so that a monitor starts although none answers."""

    def __init__(self, connect: Callable[[], Broker]) -> None:
        self._connect = connect
        self._broker: Broker | None = None
        self._lock = threading.Lock()

    def get(self) -> Broker:
        """Raises BrokerError."""
        with self._lock:
            if self._broker is None:
                self._broker = self._connect()
            return self._broker


class TopicsReading(NamedTuple):
    """One look at all topics."""

    ends: Mapping[str, int]
    newest: Mapping[str, float | None]
    """When each topic's newest record was stored, by the monotonic clock."""
    counts: Mapping[str, int]
    """Records since the first look."""
    lag: Sequence[PartitionLag]
    moved: float | None
    """Of the monotonic clock."""
    silent_since: float
    """Of the monotonic clock: the last commit, or the last time that nothing waited."""
    publish_age: Delay | None
    enrich_delay: Delay | None
    undated: int
    dated_before: int
    ahead: float
    """Seconds by which the newest record was ahead of this machine's clock when it was read."""


class TopicsLook:
    """Reads the topics, and the lag of the job's group."""

    def __init__(self, connection: Connection, group: str) -> None:
        self._connection = connection
        self._group = group
        self._followers: dict[str, TopicFollower] = {}
        self._lag: LagFollower | None = None
        self._counts = dict.fromkeys(TOPICS, 0)
        self._times = RecordTimes()
        self._silent_since: float | None = None

    def __call__(self) -> TopicsReading:
        broker = self._connection.get()
        now = Moment(time.time(), time.monotonic())
        for topic in TOPICS:
            self._follow(broker, topic, now)
        if self._lag is None:
            self._lag = LagFollower(broker, self._group)
        lag = self._lag.look(self._followers[RAW_TOPIC].ends, now)
        return TopicsReading(
            ends={topic: sum(each.ends) for topic, each in self._followers.items()},
            newest={topic: each.newest for topic, each in self._followers.items()},
            counts=dict(self._counts),
            lag=lag,
            moved=self._lag.moved,
            silent_since=self._since(lag, self._lag.moved, now),
            publish_age=self._times.publish_age.percentiles(now.monotonic),
            enrich_delay=self._times.enrich_delay.percentiles(now.monotonic),
            undated=self._times.undated,
            dated_before=self._times.dated_before,
            ahead=max(each.ahead for each in self._followers.values()),
        )

    def _follow(self, broker: Broker, topic: str, now: Moment) -> None:
        follower = self._followers.setdefault(topic, TopicFollower(broker, topic))
        new = follower.look(now)
        self._counts[topic] += new.number
        if topic == RAW_TOPIC:
            self._times.add_raw(new.records, now)
        elif topic == ENRICHED_TOPIC:
            self._times.add_enriched(new.records, now)

    def _since(self, lag: Sequence[PartitionLag], moved: float | None, now: Moment) -> float:
        """Since when the job is silent. At the first look, each raw record has led to a record
        of an output topic, so the newest of those is its last commit."""
        waited = longest_wait(lag)
        if not records_waiting(lag):
            self._silent_since = now.monotonic
        elif self._silent_since is None:
            outputs = (self._followers[each].newest for each in (ENRICHED_TOPIC, DEAD_LETTER_TOPIC))
            ago = min((now.monotonic - at for at in outputs if at is not None), default=waited)
            self._silent_since = now.monotonic - min(ago, waited)
        if moved is not None:
            self._silent_since = max(self._silent_since, moved)
        return self._silent_since


class DeadLettersLook:
    """Counts the open dead letters by stage and reason."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._open: OpenDeadLetters | None = None

    def __call__(self) -> Sequence[DeadLettersNow]:
        if self._open is None:
            self._open = OpenDeadLetters(self._connection.get())
        counts = self._open.read()
        newest = self._open.newest()
        return [
            DeadLettersNow(stage=kind[0], reason=kind[1], open=count, newest_at=newest.get(kind))
            for kind, count in sorted(counts.items(), key=lambda item: -item[1])
        ]


class OpenTransactionsLook:
    """The oldest open transaction of each partition of any topic."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._seen: dict[tuple[str, int, int], float] = {}

    def __call__(self) -> Sequence[OpenNow]:
        broker, now = self._connection.get(), time.monotonic()
        found = {
            (topic, each.partition, each.offset): each.records
            for topic in WATCHED
            for each in broker.open_transactions(topic)
        }
        self._seen = {place: self._seen.get(place, now) for place in found}
        return [
            OpenNow(
                topic=place[0], partition=place[1], records=records, seconds=now - self._seen[place]
            )
            for place, records in found.items()
        ]
