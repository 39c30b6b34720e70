"""The status of the whole pipeline as metrics. Pure.

A figure that is unknown has no series: neither 0 nor NaN, so that an alert on a level does not
fire, and one on absence does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from newsline.monitor.snapshot import BrokerNow, Condition, Snapshot, Status, Window
from newsline.outcomes import Health
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC


class PipelineMetric(NamedTuple):
    """A gauge that a monitor sets."""

    name: str
    documentation: str
    labels: Sequence[str] = ()


READY = PipelineMetric(
    "newsline_ready", "1 if the process that serves the metrics can work, as /readyz; else 0"
)
CONDITION = PipelineMetric(
    "newsline_condition", "1 for the condition of the pipeline, 0 for the others", ("condition",)
)
STAGE_OK = PipelineMetric(
    "newsline_stage_ok", "1 if a stage of the pipeline works, 0 if it is broken", ("stage",)
)
READ_AT = PipelineMetric(
    "newsline_monitor_read_timestamp_seconds",
    "When a monitor last read the source, in seconds since 1970",
    ("source",),
)
TOPIC_RECORDS = PipelineMetric(
    "newsline_topic_records", "End offsets of a topic's partitions, added up", ("topic",)
)
RAW_NEWEST = PipelineMetric(
    "newsline_raw_newest_timestamp_seconds",
    "When the newest record was written to news.raw, in seconds since 1970",
)
ENRICHED_NEWEST = PipelineMetric(
    "newsline_enriched_newest_timestamp_seconds",
    "When the newest record was written to news.enriched, in seconds since 1970",
)
LAG_RECORDS = PipelineMetric(
    "newsline_lag_records", "Records on news.raw not yet enriched", ("partition",)
)
LAG_SECONDS = PipelineMetric(
    "newsline_lag_seconds",
    "Age of the oldest record on news.raw not yet enriched, 0 where there is none",
    ("partition",),
)
OPEN_RECORDS = PipelineMetric(
    "newsline_open_transaction_records",
    "Offsets hidden from readers by an open transaction, and in no lag",
    ("topic", "partition"),
)
OPEN_SECONDS = PipelineMetric(
    "newsline_open_transaction_seconds",
    "How long the same transaction has been seen open",
    ("topic", "partition"),
)
JOB_SILENT = PipelineMetric(
    "newsline_job_silent_seconds",
    "Time since the job last committed, while records wait; 0 where none waits",
)
CONNECTOR_SILENT = PipelineMetric(
    "newsline_connector_silent_seconds",
    "Time since a poll ended or an article was published, while a feed is due or being polled",
)
DEAD_LETTERS_OPEN = PipelineMetric(
    "newsline_dead_letters_open",
    "Dead letters on their topic that are neither replayed nor dropped",
    ("stage", "reason"),
)
FEEDS = PipelineMetric("newsline_feeds", "Feeds in the list, by how they are", ("health",))
FEED_OVERDUE = PipelineMetric(
    "newsline_feed_overdue_seconds",
    "How long the feed that is due for longest has waited for its poll",
)
FAILED_SINCE_SUCCESS = PipelineMetric(
    "newsline_feeds_failed_since_success",
    "Feeds whose last poll failed after the last success of any feed",
)
OUTAGE = PipelineMetric(
    "newsline_outage", "1 while nearly all feeds fail alike, so that the fault is ours; else 0"
)
EXPECTED = PipelineMetric(
    "newsline_expected_articles",
    "Articles that the feeds' pace brings in the last 10 or 60 minutes",
    ("window",),
)
ACTUAL = PipelineMetric(
    "newsline_window_articles",
    "Records written to a topic in the last 10 or 60 minutes",
    ("window", "topic"),
)
DISK_FREE = PipelineMetric(
    "newsline_disk_free_bytes", "Free space of a place that newsline writes to", ("place",)
)
DISK_SHARE = PipelineMetric(
    "newsline_disk_free_ratio",
    "Free share of a place that newsline writes to, 0 to 1",
    ("place",),
)

METRICS: Sequence[PipelineMetric] = tuple(
    value for value in dict(vars()).values() if isinstance(value, PipelineMetric)
)
"""All of them, in the order of this page."""

NAMES = frozenset(metric.name for metric in METRICS)

EXPECTED_WINDOWS: Mapping[float, str] = {600.0: "10m", 3_600.0: "60m"}

Values = Mapping[Any, float]
"""By the values of the labels, as a tuple."""


def families(status: Status, *, is_ready: bool) -> Sequence[Metric]:
    """The metrics with a known figure."""
    found: list[Metric] = []
    for metric, values in ((READY, {(): float(is_ready)}), *_values(status)):
        family = GaugeMetricFamily(metric.name, metric.documentation, labels=metric.labels)
        for labels, value in values.items():
            family.add_metric(labels, value)
        if values:
            found.append(family)
    return found


def _values(status: Status) -> Iterator[tuple[PipelineMetric, Values]]:
    verdict, now = status.verdict, status.snapshot
    yield CONDITION, {(each,): float(each is verdict.condition) for each in Condition}
    yield (
        STAGE_OK,
        {
            (stage,): float(condition is not Condition.BROKEN)
            for stage, condition in verdict.stages.items()
            if condition is not Condition.UNKNOWN
        },
    )
    yield READ_AT, {(source,): at for source, at in now.read_at.items()}
    if now.broker:
        yield from _broker(now.broker)
    if now.dead_letters is not None:
        yield DEAD_LETTERS_OPEN, {(e.stage, e.reason): e.open for e in now.dead_letters}
    yield from _feeds(now)
    yield from _windows(now.windows)
    yield DISK_FREE, {(disk.place,): disk.free_bytes for disk in now.disks or ()}
    yield DISK_SHARE, {(disk.place,): disk.free_share for disk in now.disks or ()}


def _broker(broker: BrokerNow) -> Iterator[tuple[PipelineMetric, Values]]:
    yield TOPIC_RECORDS, {(name,): topic.records for name, topic in broker.topics.items()}
    for metric, name in ((RAW_NEWEST, RAW_TOPIC), (ENRICHED_NEWEST, ENRICHED_TOPIC)):
        newest = broker.topics[name].newest_at if name in broker.topics else None
        if newest is not None:
            yield metric, {(): newest}
    yield LAG_RECORDS, {(str(each.partition),): each.lag_records for each in broker.lag}
    yield LAG_SECONDS, {(str(each.partition),): each.lag_seconds for each in broker.lag}
    yield JOB_SILENT, {(): broker.job_silent_seconds}
    opened = broker.open_transactions or ()
    yield OPEN_RECORDS, {(each.topic, str(each.partition)): each.records for each in opened}
    yield OPEN_SECONDS, {(each.topic, str(each.partition)): each.seconds for each in opened}


def _feeds(now: Snapshot) -> Iterator[tuple[PipelineMetric, Values]]:
    if feeds := now.feeds:
        yield FEEDS, {(health,): feeds.health.get(health, 0) for health in Health}
        yield FEED_OVERDUE, {(): feeds.overdue_seconds}
        yield FAILED_SINCE_SUCCESS, {(): feeds.failed_since_success}
        yield OUTAGE, {(): float(feeds.outage is not None)}
        yield CONNECTOR_SILENT, {(): now.connector_silent_seconds}


def _windows(windows: Iterable[Window]) -> Iterator[tuple[PipelineMetric, Values]]:
    named = [
        (EXPECTED_WINDOWS[each.seconds], each)
        for each in windows
        if each.seconds in EXPECTED_WINDOWS
    ]
    yield EXPECTED, {(name,): each.expected for name, each in named if each.expected is not None}
    counts = {
        (name, topic): count
        for name, each in named
        for topic, count in ((RAW_TOPIC, each.published), (ENRICHED_TOPIC, each.enriched))
        if count is not None
    }
    yield ACTUAL, counts
