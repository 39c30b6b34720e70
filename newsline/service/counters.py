"""The counters of a process, and those that share its metrics, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from newsline.service import metrics


class Step(NamedTuple):
    """A step from feed to enriched record: a count, and its parts by label."""

    name: str
    value: float
    parts: Mapping[str, float]


class Flow(NamedTuple):
    """Counters by label, see :func:`metrics.totals`."""

    polls: Mapping[str, float]
    entries: Mapping[str, float]
    pages: Mapping[str, float]
    published: Mapping[str, float]
    enriched: Mapping[str, float]
    dead_letters: Mapping[str, float]
    lag_records: Mapping[str, float]


def flow() -> Flow:
    """Read the counters."""
    wanted = (
        metrics.POLLS,
        metrics.ENTRIES,
        metrics.PAGES,
        metrics.PUBLISHED,
        metrics.ENRICHED,
        metrics.DEAD_LETTERS,
        metrics.LAG_RECORDS,
    )
    return Flow(*metrics.totals(*wanted).values())


def steps(flow: Flow) -> Sequence[Step]:
    """The steps of an article with their counts, in order. Pure."""
    return [
        _step("feeds polled", flow.polls),
        _step("entries", flow.entries),
        _step("pages fetched", flow.pages),
        _step("on news.raw", flow.published),
        Step("waiting", sum(flow.lag_records.values()), {}),
        Step("on news.enriched", sum(flow.enriched.values()), {}),
        _step("dead letters", flow.dead_letters),
    ]


def _step(name: str, values: Mapping[str, float]) -> Step:
    parts = {label: count for label, count in values.items() if count}
    largest_first = dict(sorted(parts.items(), key=lambda part: (-part[1], part[0])))
    value = sum(values.values())
    return Step(name, value, largest_first)
