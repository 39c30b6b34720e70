"""Snapshots of a whole pipeline, as a monitor would make them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from newsline.monitor.feeds_condition import FailingFeed, FeedsCondition, Pace
from newsline.monitor.snapshot import (
    WINDOWS,
    BrokerNow,
    DeadLettersNow,
    DiskNow,
    FlowStage,
    PartitionLag,
    ProcessNow,
    Snapshot,
    TopicNow,
    Window,
)
from newsline.records import TOPICS

NOW = 1_800_000_000.0
GIB = 1024**3


def feeds_condition(at: float, **fields: Any) -> FeedsCondition:
    """The condition of the feeds; ``fields`` replace those of a list without feeds."""
    defaults: dict[str, Any] = {
        "at": at,
        "listed": 0,
        "health": {},
        "outcomes": {},
        "being_polled": 0,
        "polled": 0,
        "answered": {},
        "newest_success": None,
        "newest_poll": None,
        "failed_since_success": 0,
        "overdue": 0,
        "overdue_seconds": 0.0,
        "pace": Pace(0, 0.0, 0.0),
        "published": 0,
        "updates": 0,
        "entries_listed": 0,
        "lost": {},
        "with_gaps": 0,
        "gaps": 0,
        "newest_gap": None,
        "outage": None,
        "worst": [],
        "throttling": [],
    }
    return FeedsCondition(**(defaults | fields))


FEEDS = feeds_condition(
    NOW,
    listed=6,
    health={"ok": 6},
    outcomes={"ok": 6},
    polled=2,
    newest_success=NOW - 3,
    newest_poll=NOW - 3,
    pace=Pace(6, 0.05, 0.05),
    published=500,
    updates=20,
    entries_listed=120,
)

BROKER = BrokerNow(
    topics={topic: TopicNow(records=900, newest_at=NOW - 12, rate=0.05) for topic in TOPICS},
    lag=[PartitionLag(number, 0, 0.0) for number in range(4)],
    job_moved_at=NOW - 12,
    job_silent_seconds=0.0,
    open_transactions=(),
)


def windows(published: int = 30, expected: float | None = 30.0, **changes: Any) -> list[Window]:
    """Windows of equal rates: ``published`` and ``expected`` are of ten minutes."""
    return [
        Window(
            seconds=seconds,
            published=round(published * seconds / 600),
            enriched=round(published * seconds / 600),
            dead_letters=0,
            lost={},
            expected=None if expected is None else expected * seconds / 600,
            **changes,
        )
        for seconds in WINDOWS
    ]


WELL = Snapshot(
    at=NOW,
    watched_seconds=7_200.0,
    broker=BROKER,
    broker_problem=None,
    dead_letters=(),
    feeds=FEEDS,
    connector_silent_seconds=0.0,
    state_problem=None,
    has_state=True,
    disks=[DiskNow(place="broker", path="/data", free_bytes=50 * GIB, free_share=0.5)],
    windows=windows(),
    publish_age=None,
    enrich_delay=None,
    read_at={"topics": NOW, "state": NOW},
)
"""Six feeds that answer, and articles that flow."""


def seen(**changes: Any) -> Snapshot:
    """The good snapshot with other figures; those of ``feeds`` and ``broker`` as mappings."""
    for name, whole in (("feeds", FEEDS), ("broker", BROKER)):
        if isinstance(changes.get(name), Mapping):
            changes[name] = replace(whole, **changes[name])
    return replace(WELL, **changes)


def waiting(records: int, seconds: float) -> list[PartitionLag]:
    """Lag on one of two partitions."""
    return [PartitionLag(0, records, seconds), PartitionLag(1, 0, 0.0)]


def failing(url: str, outcome: str, detail: str = "") -> FailingFeed:
    """A feed that fails."""
    return FailingFeed(
        url=url,
        outcome=outcome,
        detail=detail,
        failures=3,
        last_success=NOW - 600,
        next_poll=NOW + 60,
        pace=0.01,
    )


def letters(count: int, age: float) -> list[DeadLettersNow]:
    """Open dead letters of one kind."""
    return [DeadLettersNow(stage="decode", reason="not_json", open=count, newest_at=NOW - age)]


def disk(place: str, free_bytes: int, free_share: float) -> DiskNow:
    """The free space of a place."""
    return DiskNow(place=place, path="/data", free_bytes=free_bytes, free_share=free_share)


def process(stage: FlowStage, **changes: Any) -> ProcessNow:
    """A process that newsline run supervises, ten minutes old."""
    return replace(ProcessNow(stage=stage, state="running", age_seconds=600.0), **changes)
