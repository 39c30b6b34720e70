"""What is known of the whole pipeline at one moment, whichever of its processes has ended.

A figure that is None is unknown: it was not read in the last :data:`STALE_SECONDS`. Times are in
seconds since 1970 by the clock of this machine; durations are measured by the monotonic clock,
so that a step of the clock changes none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

STALE_SECONDS = 15.0
"""Age from which a figure is unknown."""


class Stage(StrEnum):
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
    """``quiet``: nothing flows, and nothing was to be expected."""

    HEALTHY = "healthy"
    QUIET = "quiet"
    DEGRADED = "degraded"
    BROKEN = "broken"
    UNKNOWN = "unknown"


class Verdict(Struct, frozen=True, kw_only=True):
    """The condition in one sentence. ``stage``, ``since``, ``command``: None if all is well."""

    condition: Condition
    stage: Stage | None = None
    """The first stage that is not well."""
    sentence: str
    """For people: what does not work, where, since when."""
    since: float | None = None
    """Seconds since 1970."""
    command: str | None = None
    """The next command for an operator."""
    runbook: str | None = None
    """Anchor of the section of docs/how-to/runbook.md or its successor."""
    others: Sequence[str] = ()
    """Further findings, one sentence each."""


class PartitionNow(Struct, frozen=True):
    """Lag of the job on one partition of news.raw."""

    partition: int
    lag_records: int
    lag_seconds: float
    """Age of the oldest waiting record; 0 if none waits."""


class TopicNow(Struct, frozen=True, kw_only=True):
    """One topic. ``newest_at``: None if it is empty."""

    records: int
    """Sum of the end offsets; on Kafka it includes transaction markers."""
    newest_at: float | None
    rate: float
    """Records per second over the last minute."""


class DeadLettersNow(Struct, frozen=True, kw_only=True):
    """Dead letters that are neither replayed nor dropped."""

    stage: str
    reason: str
    open: int
    newest_at: float | None


class BrokerNow(Struct, frozen=True, kw_only=True):
    """What the broker holds; ``topics`` by name."""

    topics: Mapping[str, TopicNow]
    lag: Sequence[PartitionNow]
    job_moved_at: float | None
    """When the job last committed, as far as this monitor has seen; None before the first."""
    dead_letters: Sequence[DeadLettersNow]
    open_transaction_seconds: float


class DiskNow(Struct, frozen=True):
    """A disk that newsline writes to; ``path``: one of its places."""

    path: str
    free_bytes: int
    free_share: float
    """0 to 1."""


class Window(Struct, frozen=True, kw_only=True):
    """Articles in the last ``seconds``. ``expected``: by the feeds' learned pace; None: unknown."""

    seconds: float
    published: int
    enriched: int
    dead_letters: int
    expected: float | None


class Delay(Struct, frozen=True, kw_only=True):
    """Percentiles of a delay in seconds, over the newest records."""

    p50: float
    p95: float
    count: int
