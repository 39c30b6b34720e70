"""The monitor: reads all sources, and keeps the status of the whole pipeline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

import msgspec

from newsline.broker import Broker
from newsline.monitor.broker_looks import (
    Connection,
    DeadLettersLook,
    OpenTransactionsLook,
    TopicsLook,
    TopicsReading,
)
from newsline.monitor.clock_steps import ClockSteps
from newsline.monitor.connector_silence import ConnectorSilence
from newsline.monitor.disks import DisksLook
from newsline.monitor.feeds_condition import FeedsCondition
from newsline.monitor.history import History, Totals
from newsline.monitor.look import INTERVAL, Look
from newsline.monitor.rules import PROBLEM_SECONDS, START_SECONDS
from newsline.monitor.since import Since
from newsline.monitor.snapshot import (
    BrokerNow,
    Condition,
    FlowStage,
    OpenNow,
    ProcessNow,
    Snapshot,
    Status,
    TopicNow,
    records_waiting,
)
from newsline.monitor.state_look import StateLook, is_installed
from newsline.monitor.verdict import verdict
from newsline.monitor.write_lock import with_write_lock
from newsline.outcomes import Health
from newsline.records import DEAD_LETTER_TOPIC, ENRICHED_TOPIC, RAW_TOPIC, TOPICS

TRANSACTIONS_INTERVAL = 6.0
"""They are a fault only after a minute; on Kafka each look asks for every partition."""

NOT_READY = (Condition.BROKEN, Condition.UNKNOWN)

DISKS_INTERVAL = 5.0


class MonitorSources(NamedTuple):
    """Where a monitor looks. ``state``: its address; if it is not ``required``, one that cannot be
    read is not missed until it was read once. ``places``: see :mod:`newsline.monitor.disks`.
    ``processes``: this process, or those that it supervises.
    """

    connect: Callable[[], Broker]
    group: str
    state: str = ""
    required: bool = True
    places: Mapping[str, Path] = {}
    processes: Callable[[], Sequence[ProcessNow]] = tuple


class Monitor:
    """Looks every INTERVAL seconds while the block runs; threads may share it."""

    def __init__(self, sources: MonitorSources) -> None:
        self._sources = sources
        self._connection = Connection(sources.connect)
        topics = TopicsLook(self._connection, sources.group)
        self._topics = Look("topics", with_write_lock(topics, sources.places.get("broker")))
        self._letters = Look("dead-letters", DeadLettersLook(self._connection))
        self._transactions = Look(
            "transactions", OpenTransactionsLook(self._connection), TRANSACTIONS_INTERVAL
        )
        self._disks = Look("disks", DisksLook(sources.places), DISKS_INTERVAL)
        has_state = bool(sources.state) and is_installed()
        state = with_write_lock(StateLook(sources.state), sources.places.get("state"))
        self._state = Look("state", state) if has_state else None
        self._history = History()
        self._clock_steps = ClockSteps()
        self._since = Since()
        self._silence = ConnectorSilence()
        self._started = time.monotonic()
        self._ended = threading.Event()
        self._status = self._assemble()

    @property
    def looks(self) -> Sequence[Look]:
        """All sources."""
        looks = (self._topics, self._letters, self._transactions, self._disks, self._state)
        return [look for look in looks if look is not None]

    def status(self) -> Status:
        """The newest status."""
        return self._status

    def broker(self) -> Broker:
        """The broker that it reads. Raises BrokerError."""
        return self._connection.get()

    def has_answered(self) -> bool:
        """True once each source has answered or failed."""
        return all(look.age is not None or look.problem() is not None for look in self.looks)

    def problem(self, stages: Collection[FlowStage] = tuple(FlowStage)) -> str | None:
        """The verdict's sentence if one of the stages is broken or unknown; None if they work.

        It is the readiness of a process that serves these stages.
        """
        verdict = self.status().verdict
        bad = [each for each in stages if verdict.stages.get(each) in NOT_READY]
        if verdict.stage in bad:
            return f"{verdict.condition}: {verdict.sentence}"
        return f"{verdict.stages[bad[0]]}: {bad[0]}" if bad else None

    def look(self) -> Status:
        """Make and return a new status from what the sources have answered so far."""
        self._status = self._assemble()
        return self._status

    def judged(self) -> Status:
        """The status of a short look: a source that has not answered is unknown, not starting, and
        one that has failed is not waited for."""
        status = self.look()
        now = status.snapshot
        snapshot = msgspec.structs.replace(
            now,
            watched_seconds=START_SECONDS,
            broker_problem_seconds=max(PROBLEM_SECONDS, now.broker_problem_seconds),
            state_problem_seconds=max(PROBLEM_SECONDS, now.state_problem_seconds),
        )
        return msgspec.structs.replace(status, snapshot=snapshot, verdict=verdict(snapshot))

    def __enter__(self) -> Self:
        for look in self.looks:
            look.start()
        threading.Thread(target=self._run, name="monitor", daemon=True).start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._ended.set()
        for look in self.looks:
            look.end()

    def _run(self) -> None:
        while not self._ended.wait(INTERVAL):
            self.look()

    def _assemble(self) -> Status:
        snapshot = self._snapshot(time.time(), time.monotonic())
        return Status(
            verdict=self._since.note(verdict(snapshot), snapshot),
            snapshot=snapshot,
            series=self._history.series(snapshot.at),
        )

    def _snapshot(self, wall: float, monotonic: float) -> Snapshot:
        topics = self._topics.fresh()
        feeds = self._state.fresh() if self._state else None
        self._history.note(monotonic, _totals(topics, feeds))
        silence = self._silence.note(feeds, topics.ends[RAW_TOPIC] if topics else None, monotonic)
        has_state = self._state is not None and (
            self._sources.required or self._state.age is not None
        )
        windows = self._history.windows(feeds.pace.expected if feeds else None)
        minute = windows[0]
        rates = {
            RAW_TOPIC: minute.published,
            ENRICHED_TOPIC: minute.enriched,
            DEAD_LETTER_TOPIC: minute.dead_letters,
        }
        return Snapshot(
            at=wall,
            watched_seconds=monotonic - self._started,
            broker=None
            if topics is None
            else _broker(topics, rates, self._transactions.fresh(), wall, monotonic),
            broker_problem=self._topics.problem(),
            broker_problem_seconds=self._topics.problem_seconds(),
            dead_letters=self._letters.fresh(),
            feeds=feeds,
            connector_silent_seconds=silence,
            state_problem=self._state.problem() if self._state else None,
            state_problem_seconds=self._state.problem_seconds() if self._state else 0.0,
            has_state=has_state,
            disks=self._disks.fresh(),
            windows=windows,
            publish_age=topics.publish_age if topics else None,
            enrich_delay=topics.enrich_delay if topics else None,
            processes=self._sources.processes(),
            undated=topics.undated if topics else 0,
            dated_before=topics.dated_before if topics else 0,
            read_at={look.name: wall - age for look in self.looks if (age := look.age) is not None},
            clock_stepped=self._clock_steps.note(wall, monotonic),
        )


def _totals(topics: TopicsReading | None, feeds: FeedsCondition | None) -> Totals:
    totals = Totals()
    if topics:
        totals = totals._replace(
            published=topics.counts[RAW_TOPIC],
            enriched=topics.counts[ENRICHED_TOPIC],
            dead_letters=topics.counts[DEAD_LETTER_TOPIC],
            lag=records_waiting(topics.lag),
        )
    if feeds:
        failing = feeds.health.get(Health.FAILING, 0)
        lost = {**feeds.lost, **feeds.disallowed}
        totals = totals._replace(lost=lost, polled=feeds.polled, failing=failing)
    return totals


def _broker(
    topics: TopicsReading,
    last_minute: Mapping[str, int | None],
    opened: Sequence[OpenNow] | None,
    wall: float,
    monotonic: float,
) -> BrokerNow:
    return BrokerNow(
        topics={
            topic: TopicNow(
                records=topics.ends[topic],
                newest_at=_wall(topics.newest[topic], wall, monotonic),
                rate=None if (count := last_minute[topic]) is None else count / 60,
            )
            for topic in TOPICS
        },
        lag=topics.lag,
        job_moved_at=_wall(topics.moved, wall, monotonic),
        job_silent_seconds=monotonic - topics.silent_since,
        open_transactions=opened,
        ahead_seconds=topics.ahead,
    )


def _wall(at: float | None, wall: float, monotonic: float) -> float | None:
    """A time of the monotonic clock in seconds since 1970, by the clock as it is now."""
    return None if at is None else wall - (monotonic - at)
