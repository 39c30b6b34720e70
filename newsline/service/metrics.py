"""All metrics, with their help texts. Times are in seconds, sizes in bytes.

With PROMETHEUS_MULTIPROC_DIR, which ``newsline run`` sets for its processes, the values are in
files of that directory: one endpoint shows all processes, and counters survive a killed one.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector

from newsline.enricher import Run
from newsline.records import DeadLetter, EnrichedArticle, Withdrawal

MULTIPROCESS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"

AGES = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400, 604_800)
"""Buckets from the promised latency (a second) to the age of entries in feeds (days)."""

WORK = (0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
"""Buckets from a light enricher on a short text to a whole deadline."""

POLLS = Counter("newsline_polls", "Feeds polled, by what came of it", ["outcome"])
ENTRIES_SEEN = Counter("newsline_entries_seen", "Entries read from feeds")
ENTRIES = Counter(
    "newsline_entries", "Entries by outcome; each entry seen ends in exactly one", ["outcome"]
)
SITEMAPS = Counter(
    "newsline_sitemaps", "Sitemaps that feeds list, read at a poll, by what came of it", ["outcome"]
)
PAGES = Counter("newsline_pages", "Pages fetched, by what came of it", ["outcome"])
REVISITS = Counter(
    "newsline_revisits", "Articles' pages looked at again, by what came of it", ["outcome"]
)
FEEDS = Gauge(
    "newsline_feeds",
    "Feeds in the list, by how they are",
    ["health"],
    multiprocess_mode="mostrecent",
)
FEED_OVERDUE = Gauge(
    "newsline_feed_overdue_seconds",
    "How long the feed that is due for longest has waited for its poll",
    multiprocess_mode="mostrecent",
)
OUTAGE = Gauge(
    "newsline_outage",
    "1 while the connector believes in an outage of its own network: no host answers",
    multiprocess_mode="mostrecent",
)
OUTAGES = Counter("newsline_outages", "Outages of our own network, by the connector's belief")
FEED_GAPS = Counter(
    "newsline_feed_gaps",
    "Polls at which all entries of a feed were new, so that others may have come and gone unread",
)
ENTRIES_LOST = Gauge(
    "newsline_feed_entries_lost",
    "Entries that feeds list now and that led to no article, by outcome",
    ["outcome"],
    multiprocess_mode="mostrecent",
)
DATES_UNREAD = Counter(
    "newsline_entry_dates_unread",
    "New and updated articles whose feed has a date that could not be read",
)
WEBSUB = Counter(
    "newsline_websub", "Requests to and calls of WebSub hubs, by what came of it", ["outcome"]
)
INVALID_REQUESTS = Counter(
    "newsline_invalid_requests",
    "Requests that are not HTTP, by listener: status or websub-listen",
    ["listener"],
)
PUBLISHED = Counter(
    "newsline_articles_published", "Articles written to news.raw, by kind: new or update", ["kind"]
)
PUBLISH_AGE = Histogram(
    "newsline_publish_age_seconds",
    "From the publisher's own time to our record on news.raw, new articles",
    buckets=AGES,
)
ENRICHED = Counter("newsline_articles_enriched", "Articles committed to news.enriched")
WITHDRAWN = Counter(
    "newsline_articles_withdrawn", "Tombstones of news.raw committed to news.enriched"
)
DEAD_LETTERS = Counter(
    "newsline_dead_letters", "Records committed to news.dead-letter", ["stage", "reason"]
)
OFFSET_JUMPS = Counter(
    "newsline_offset_jumps",
    "Partitions of news.raw not resumed at the offset that the job's group has committed",
    ["reason"],
)
OFFSETS_SKIPPED = Counter(
    "newsline_offsets_skipped",
    "Offsets of news.raw that were deleted before the job read them",
    ["partition"],
)
ENRICH_DELAY = Histogram(
    "newsline_enrich_delay_seconds",
    "From an article's fetch to its record on news.enriched",
    buckets=AGES,
)
FRESHNESS = Histogram(
    "newsline_freshness_seconds",
    "From the publisher's own time to the record on news.enriched",
    buckets=AGES,
)
ENRICHER_ARTICLES = Counter(
    "newsline_enricher_articles",
    "Articles that an enricher has worked on, by what came of it",
    ["enricher", "outcome"],
)
ENRICHER_SECONDS = Histogram(
    "newsline_enricher_seconds",
    "How long an enricher has worked on an article",
    ["enricher"],
    buckets=WORK,
)
LAG_RECORDS = Gauge(
    "newsline_lag_records",
    "Records on news.raw not yet enriched",
    ["partition"],
    multiprocess_mode="mostrecent",
)
LAG_SECONDS = Gauge(
    "newsline_lag_seconds",
    "Age of the oldest record on news.raw not yet enriched, 0 where there is none",
    ["partition"],
    multiprocess_mode="mostrecent",
)
OPEN_TRANSACTION_RECORDS = Gauge(
    "newsline_open_transaction_records",
    "Offsets hidden from readers by an open transaction, and in no lag",
    ["topic", "partition"],
    multiprocess_mode="mostrecent",
)
OPEN_TRANSACTION_SECONDS = Gauge(
    "newsline_open_transaction_seconds",
    "How long the same transaction has been seen open",
    ["topic", "partition"],
    multiprocess_mode="mostrecent",
)
LAST_ENRICHED = Gauge(
    "newsline_last_enriched_timestamp_seconds",
    "When the newest record on news.enriched was committed, in seconds since 1970",
    multiprocess_mode="mostrecent",
)


OF_THIS_PROCESS = (LAG_RECORDS, LAG_SECONDS, OPEN_TRANSACTION_RECORDS, OPEN_TRANSACTION_SECONDS)
"""Gauges that the process that serves the metrics sets itself."""


def count_outcomes(outcomes: Iterable[EnrichedArticle | Withdrawal | DeadLetter]) -> None:
    """Count committed records and observe their ages."""
    now = datetime.now(UTC)
    for outcome in outcomes:
        if isinstance(outcome, DeadLetter):
            DEAD_LETTERS.labels(outcome.stage, outcome.reason).inc()
            continue
        if isinstance(outcome, Withdrawal):
            WITHDRAWN.inc()
            continue
        ENRICHED.inc()
        LAST_ENRICHED.set(now.timestamp())
        ENRICH_DELAY.observe(max(0.0, (now - outcome.fetched_at).total_seconds()))
        if outcome.published.source != "first_seen":
            FRESHNESS.observe(max(0.0, (now - outcome.published.at).total_seconds()))


def count_runs(runs: Iterable[Run]) -> None:
    """Count runs of enrichers; an article that is enriched again counts again."""
    for run in runs:
        ENRICHER_ARTICLES.labels(run.enricher, run.outcome).inc()
        ENRICHER_SECONDS.labels(run.enricher).observe(run.seconds)


def set_lag(records: Sequence[int], seconds: Sequence[float]) -> None:
    """Set the job's lag for each partition of news.raw."""
    for partition, (count, age) in enumerate(zip(records, seconds, strict=True)):
        LAG_RECORDS.labels(partition).set(count)
        LAG_SECONDS.labels(partition).set(age)


def share(directory: str) -> None:
    """Share metrics through ``directory`` with processes that are started from now on."""
    os.environ[MULTIPROCESS_DIRECTORY] = directory


def exposition(of_pipeline: Sequence[Metric] = (), in_place_of: Collection[str] = ()) -> bytes:
    """All metrics of all processes that share them, in Prometheus' text format.

    ``of_pipeline``: those of a monitor, in place of a process's own metrics of these names, which
    are as old as the process's last measurement.
    """
    return generate_latest(_Merged(of_pipeline, in_place_of, _registry()))


class _Merged(NamedTuple):
    """Metrics of a monitor, and the others of a registry."""

    of_pipeline: Sequence[Metric]
    in_place_of: Collection[str]
    others: CollectorRegistry

    def collect(self) -> Iterator[Metric]:
        yield from self.of_pipeline
        for family in self.others.collect():
            if family.name not in self.in_place_of:
                yield family


def totals(*counters: Counter | Gauge) -> Mapping[str, Mapping[str, float]]:
    """Each metric's values by their joined label values; metrics by name without suffix."""
    wanted: dict[str, dict[str, float]] = {_name(counter): {} for counter in counters}
    for family in _registry().collect():
        if family.name in wanted:
            for sample in family.samples:
                if not sample.name.endswith("_created"):
                    wanted[family.name]["/".join(sample.labels.values())] = sample.value
    return wanted


def _name(metric: Counter | Gauge) -> str:
    return str(next(iter(metric.describe())).name)


def _registry() -> CollectorRegistry:
    directory = os.environ.get(MULTIPROCESS_DIRECTORY)
    if not directory or not Path(directory).is_dir():
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry, directory)  # type: ignore[no-untyped-call]
    if values.ValueClass is values.MutexValue:
        # prometheus_client decides at import where values are kept. share() came later, so values
        # of this process, such as the lag in newsline worker, are in its memory.
        for gauge in OF_THIS_PROCESS:
            if any(family.samples for family in gauge.collect()):
                registry.register(gauge)
    return registry
