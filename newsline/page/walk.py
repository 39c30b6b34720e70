"""The walk from feeds to enriched articles, with a card for each stage. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

from newsline.monitor.snapshot import (
    BrokerNow,
    Condition,
    DiskNow,
    FlowStage,
    Snapshot,
    Status,
    Window,
    longest_wait,
    records_waiting,
)
from newsline.outcomes import Health
from newsline.page import figures
from newsline.page.foreign import shown
from newsline.page.sparkline import minutes, sparkline
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC

MINUTE = 60.0


class Card(NamedTuple):
    """A stage: its main figure in words with its unit, a sparkline, and facts by name.

    All values are HTML; "" in ``spark``: none.
    """

    title: str
    figure: str
    unit: str
    spark: str
    facts: Sequence[tuple[str, str]]


def walk(status: Status) -> str:
    """The stages in order."""
    return "".join(_stage(stage, card(status), status) for stage, card in CARDS.items())


def _stage(stage: FlowStage, card: Card, status: Status) -> str:
    condition = status.verdict.stages.get(stage, Condition.UNKNOWN)
    first = ' aria-current="step"' if status.verdict.stage == stage else ""
    facts = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in card.facts)
    plot = f'<div class="plot">{card.spark}</div>' if card.spark else ""
    return (
        f'<li id="{stage}" class="stage {condition}"{first}>'
        f'<h3>{card.title} <span class="state">{escape(condition)}</span></h3>'
        f'<p class="figure"><b>{card.figure}</b> {card.unit}</p>'
        f"{plot}<dl>{facts}</dl></li>"
    )


def _feeds(status: Status) -> Card:
    now, series, at = status.snapshot.feeds, status.series, status.snapshot.at
    failing = now.health.get(Health.FAILING, 0) if now else None
    polled = minutes(series.polled, series.step, max)
    failed = minutes(series.failing, series.step, max)
    last = now.newest_success if now else None
    return Card(
        title="Feeds",
        figure=figures.rate(now.polled / MINUTE if now else None),
        unit="polled",
        spark=sparkline("feeds polled", polled, failed, "feeds failing"),
        facts=[
            ("failing", figures.share(failing, now.listed if now else None)),
            ("last success", figures.relative(last, at)),
            ("overdue", figures.seconds(now.overdue_seconds if now else None)),
        ],
    )


def _connector(status: Status) -> Card:
    snapshot, series = status.snapshot, status.series
    published = minutes(series.published, series.step, sum)
    expected = snapshot.feeds.pace.expected if snapshot.feeds else None
    age = snapshot.publish_age
    return Card(
        title="Connector",
        figure=figures.rate(_per_second(snapshot, lambda window: window.published)),
        unit="published",
        spark=sparkline("articles published", published),
        facts=[
            ("expected", figures.rate(expected)),
            ("entries lost", _lost(snapshot)),
            ("p95 from site", figures.seconds(age.p95 if age else None)),
            *_process(snapshot, FlowStage.CONNECTOR),
        ],
    )


def _state(status: Status) -> Card:
    snapshot = status.snapshot
    answers = snapshot.feeds is not None
    problem = snapshot.state_problem
    word = "answers" if answers else figures.UNKNOWN
    if problem:
        word = "no answer"
    elif not snapshot.has_state:
        word = "not read"
    polled = snapshot.feeds.being_polled if snapshot.feeds else None
    return Card(
        title="State",
        figure=word,
        unit="",
        spark="",
        facts=[
            *([("problem", shown(problem, 160))] if problem else []),
            ("feeds listed", figures.number(snapshot.feeds.listed if snapshot.feeds else None)),
            ("polled now", figures.number(polled)),
            *_disk(snapshot, "state"),
        ],
    )


def _broker(status: Status) -> Card:
    snapshot, series = status.snapshot, status.series
    broker, problem = snapshot.broker, snapshot.broker_problem
    waiting = records_waiting(broker.lag) if broker else None
    lag = minutes(series.lag, series.step, max)
    return Card(
        title="Broker",
        figure=figures.number(waiting),
        unit="waiting",
        spark=sparkline("records that wait", lag),
        facts=[
            *([("problem", shown(problem, 160))] if problem else []),
            ("newest", _newest(broker, RAW_TOPIC, snapshot.at)),
            ("oldest waits", figures.seconds(longest_wait(broker.lag) if broker else None)),
            ("transaction", _open(broker)),
            *_disk(snapshot, "broker"),
        ],
    )


def _job(status: Status) -> Card:
    snapshot, series = status.snapshot, status.series
    broker, delay = snapshot.broker, snapshot.enrich_delay
    enriched = minutes(series.enriched, series.step, sum)
    dead = minutes(series.dead_letters, series.step, sum)
    failed = _per_second(snapshot, lambda window: window.dead_letters)
    return Card(
        title="Job",
        figure=figures.rate(_per_second(snapshot, lambda window: window.enriched)),
        unit="enriched",
        spark=sparkline("articles enriched", enriched, dead, "dead letters"),
        facts=[
            ("dead letters", figures.rate(failed)),
            ("p95 to enrich", figures.seconds(delay.p95 if delay else None)),
            ("newest", _newest(broker, ENRICHED_TOPIC, snapshot.at)),
            *_process(snapshot, FlowStage.JOB),
        ],
    )


CARDS: dict[FlowStage, Callable[[Status], Card]] = {
    FlowStage.FEEDS: _feeds,
    FlowStage.CONNECTOR: _connector,
    FlowStage.STATE: _state,
    FlowStage.BROKER: _broker,
    FlowStage.JOB: _job,
}


def _per_second(snapshot: Snapshot, count: Callable[[Window], int | None]) -> float | None:
    """Over the last minute; None until the monitor has watched that long."""
    for window in snapshot.windows:
        if window.seconds == MINUTE and (found := count(window)) is not None:
            return found / window.seconds
    return None


def _lost(snapshot: Snapshot) -> str:
    return figures.number(sum(snapshot.feeds.lost.values()) if snapshot.feeds else None)


def _newest(broker: BrokerNow | None, topic: str, at: float) -> str:
    now = broker.topics.get(topic) if broker else None
    if now and not now.records:
        return "none yet"
    return figures.relative(now.newest_at if now else None, at)


def _open(broker: BrokerNow | None) -> str:
    if broker is None or broker.open_transactions is None:
        return figures.UNKNOWN
    oldest = max((each.seconds for each in broker.open_transactions), default=None)
    return "none" if oldest is None else figures.seconds(oldest)


def _disk(snapshot: Snapshot, place: str) -> Sequence[tuple[str, str]]:
    """Nothing for a place on another machine."""
    disks: Sequence[DiskNow] = [disk for disk in snapshot.disks or () if disk.place == place]
    return [
        ("disk left", f"{figures.size(disk.free_bytes)} <small>({disk.free_share:.0%})</small>")
        for disk in disks[:1]
    ]


def _process(snapshot: Snapshot, stage: FlowStage) -> Sequence[tuple[str, str]]:
    """Nothing where this process supervises none."""
    return [
        (
            "process",
            shown(f"{process.state}: {process.problem}" if process.problem else process.state),
        )
        for process in snapshot.processes
        if process.stage == stage
    ]
