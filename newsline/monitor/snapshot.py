"""What is known of the whole pipeline at one moment, whichever of its processes has ended.

A figure that is None is unknown: it was not read in the last :data:`STALE_SECONDS`. Times are in
seconds since 1970 by the clock of this machine; durations are measured by the monotonic clock,
so that a step of the clock changes none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from newsline.monitor.feeds_condition import FeedsCondition

STALE_SECONDS = 15.0
"""Age from which a figure is unknown."""

SERIES_SECONDS = 10.0
"""Time between two points of the series."""

SERIES_POINTS = 360
"""The last 60 minutes."""

WINDOWS = (60.0, 300.0, 600.0, 3_600.0)
"""Seconds of each window."""


class FlowStage(StrEnum):
    """A place at which the flow may stop, in the order of the walk."""

    FEEDS = "feeds"
    """The publishers' servers, the network between, and what the feeds contain."""
    CONNECTOR = "connector"
    """The process that polls."""
    STATE = "state"
    """The connector's database: locked, full, unreachable."""
    BROKER = "broker"
    """The topics: unreachable, full, an open transaction."""
    JOB = "job"
    """The process that enriches, and its children."""


class Condition(StrEnum):
    """``quiet``: nothing flows, and nothing was to be expected. ``starting``: a process has not
    begun its work, and is within the time that a start takes."""

    HEALTHY = "healthy"
    QUIET = "quiet"
    STARTING = "starting"
    DEGRADED = "degraded"
    BROKEN = "broken"
    UNKNOWN = "unknown"


class Verdict(Struct, frozen=True, kw_only=True):
    """The condition in one sentence. ``stage``, ``since``, ``command``: None if all is well."""

    condition: Condition
    stage: FlowStage | None = None
    """The first stage that is not well."""
    sentence: str
    """For people: what does not work, where."""
    since: float | None = None
    """Seconds since 1970."""
    command: str | None = None
    """The next command for an operator."""
    runbook: str | None = None
    """Anchor of the section of deploy/RUNBOOK.md."""
    others: Sequence[str] = ()
    """Further findings, one sentence each."""
    stages: Mapping[FlowStage, Condition] = {}
    """The condition of each stage."""


class PartitionLag(Struct, frozen=True):
    """Lag of the job on one partition of news.raw."""

    partition: int
    lag_records: int
    lag_seconds: float
    """Age of the oldest waiting record; 0 if none waits."""


def records_waiting(lag: Sequence[PartitionLag]) -> int:
    """Lag of all partitions."""
    return sum(each.lag_records for each in lag)


def longest_wait(lag: Sequence[PartitionLag]) -> float:
    """Age of the oldest waiting record of all partitions; 0 if none waits."""
    return max((each.lag_seconds for each in lag), default=0.0)


class TopicNow(Struct, frozen=True, kw_only=True):
    """One topic. ``newest_at``: None if it is empty or the record was not found."""

    records: int
    """Sum of the end offsets; on Kafka it includes transaction markers."""
    newest_at: float | None
    rate: float | None
    """Records per second over the last minute."""


class DeadLettersNow(Struct, frozen=True, kw_only=True):
    """Dead letters that are neither replayed nor dropped."""

    stage: str
    reason: str
    open: int
    newest_at: float | None


class OpenNow(Struct, frozen=True, kw_only=True):
    """An open transaction, behind which records wait that are in no lag."""

    topic: str
    partition: int
    records: int
    """Offsets that it hides."""
    seconds: float
    """Time for which it has been seen open."""


class BrokerNow(Struct, frozen=True, kw_only=True):
    """What the broker holds; ``topics`` by name."""

    topics: Mapping[str, TopicNow]
    lag: Sequence[PartitionLag]
    job_moved_at: float | None
    """When the job last committed, as far as this monitor has seen; None before the first."""
    job_silent_seconds: float
    """Since then, or since this monitor's first look."""
    open_transactions: Sequence[OpenNow] | None
    """The oldest of each partition that has one."""
    ahead_seconds: float = 0.0
    """Time by which the newest record was ahead of this machine's clock when it was read."""


class DiskNow(Struct, frozen=True, kw_only=True):
    """A disk that newsline writes to."""

    place: str
    """broker, state or sinks."""
    path: str
    free_bytes: int
    free_share: float
    """0 to 1."""


class ProcessNow(Struct, frozen=True, kw_only=True):
    """A process that ``newsline run`` supervises, or this process itself."""

    stage: FlowStage
    state: str
    """running, stopped (by a signal such as SIGSTOP), gone, or ended: on purpose."""
    age_seconds: float
    """Time since its start."""
    restarts: int = 0
    problem: str | None = None
    """Reason why it cannot work, in its own words."""


class Window(Struct, frozen=True, kw_only=True):
    """Articles in the last ``seconds``; None: unknown, as this monitor has not watched so long.

    ``expected``: by the feeds' learned pace.
    """

    seconds: float
    published: int | None
    enriched: int | None
    dead_letters: int | None
    lost: Mapping[str, int] | None
    """Entries by outcome that feeds list and that led to no article, as far as they became more."""
    expected: float | None


class Delay(Struct, frozen=True, kw_only=True):
    """Percentiles of a delay in seconds, over the newest records."""

    p50: float
    p95: float
    count: int


class Snapshot(Struct, frozen=True, kw_only=True):
    """All figures at one moment; each is None if it is unknown."""

    at: float
    """Seconds since 1970."""
    watched_seconds: float
    """Time since the start of this monitor."""
    broker: BrokerNow | None
    broker_problem: str | None
    """The broker's last error; None if it has answered."""
    broker_problem_seconds: float = 0.0
    """Time since the broker last answered."""
    dead_letters: Sequence[DeadLettersNow] | None
    feeds: FeedsCondition | None
    """By the connector's state."""
    connector_silent_seconds: float
    """Time since a poll ended or an article was published, while a feed was due or being polled."""
    state_problem: str | None
    """The state's last error; None if it has answered."""
    state_problem_seconds: float = 0.0
    """Time since the state last answered."""
    has_state: bool
    """False: this monitor was given no state, so feeds and connector are not judged by it."""
    disks: Sequence[DiskNow] | None
    windows: Sequence[Window]
    publish_age: Delay | None
    """From the publisher's own time to the record on news.raw."""
    enrich_delay: Delay | None
    """From the record on news.raw to its record on news.enriched."""
    processes: Sequence[ProcessNow] = ()
    """Only within the process that supervises them."""
    undated: int = 0
    """Newest articles in a row without a usable date: there is none, or it is in the future."""
    dated_before: int = 0
    """Articles with a date among the hundred before those."""
    read_at: Mapping[str, float] = {}
    """When each source was last read."""
    clock_stepped: float = 0.0
    """Seconds by which the clock was stepped in the last hour; ages of records are then unsure."""


class Series(Struct, frozen=True, kw_only=True):
    """Figures of the last 60 minutes, oldest first, a point each ``step`` seconds.

    None: unknown at that time. Counts are of the records within the step.
    """

    step: float
    until: float
    """Time of the last point."""
    published: Sequence[int | None] = ()
    enriched: Sequence[int | None] = ()
    dead_letters: Sequence[int | None] = ()
    lag: Sequence[int | None] = ()
    polled: Sequence[int | None] = ()
    """Feeds polled in the minute before."""
    failing: Sequence[int | None] = ()
    """Feeds that fail."""


class Status(Struct, frozen=True, kw_only=True, tag_field="schema", tag="newsline.status/1"):
    """The answer of ``/status.json`` and of ``newsline status --json``."""

    verdict: Verdict
    snapshot: Snapshot
    series: Series
