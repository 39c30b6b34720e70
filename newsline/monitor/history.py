"""Counters of the last hour, for windows and sparklines. Times are of the monotonic clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from newsline.monitor.snapshot import SERIES_POINTS, SERIES_SECONDS, WINDOWS, Series, Window


class Totals(NamedTuple):
    """Counters since the monitor's start, and gauges; None: unknown at that time."""

    published: int | None = None
    enriched: int | None = None
    dead_letters: int | None = None
    lost: Mapping[str, int] | None = None
    lag: int | None = None
    polled: int | None = None
    failing: int | None = None


class History:
    """A point each SERIES_SECONDS, for an hour, and the newest figures."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, Totals]] = deque(maxlen=SERIES_POINTS + 1)
        self._last: tuple[float, Totals] = (0.0, Totals())

    def note(self, monotonic: float, totals: Totals) -> None:
        """Note the figures of this moment."""
        self._last = (monotonic, totals)
        if not self._points or monotonic >= self._points[-1][0] + SERIES_SECONDS:
            self._points.append(self._last)

    def windows(self, expected_rate: float | None) -> Sequence[Window]:
        """What came in each window; None where the history is shorter."""
        return [self._window(seconds, expected_rate) for seconds in WINDOWS]

    def _window(self, seconds: float, rate: float | None) -> Window:
        now, last = self._last
        first = self._at(now - seconds)
        return Window(
            seconds=seconds,
            published=_difference(first.published, last.published),
            enriched=_difference(first.enriched, last.enriched),
            dead_letters=_difference(first.dead_letters, last.dead_letters),
            lost=_more(first.lost, last.lost),
            expected=None if rate is None else rate * seconds,
        )

    def _at(self, monotonic: float) -> Totals:
        """The newest point that is not younger; all is unknown without one."""
        older = [totals for at, totals in self._points if at <= monotonic]
        return older[-1] if older else Totals()

    def series(self, wall: float) -> Series:
        """The points as counts per step, oldest first."""
        steps = list(pairwise(totals for _, totals in self._points))
        return Series(
            step=SERIES_SECONDS,
            until=wall,
            published=[_difference(a.published, b.published) for a, b in steps],
            enriched=[_difference(a.enriched, b.enriched) for a, b in steps],
            dead_letters=[_difference(a.dead_letters, b.dead_letters) for a, b in steps],
            lag=[b.lag for _, b in steps],
            polled=[b.polled for _, b in steps],
            failing=[b.failing for _, b in steps],
        )


def _difference(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else max(0, after - before)


def _more(
    before: Mapping[str, int] | None, after: Mapping[str, int] | None
) -> Mapping[str, int] | None:
    """By how much each count has grown; without those that have not."""
    if before is None or after is None:
        return None
    grown = {name: count - before.get(name, 0) for name, count in after.items()}
    return {name: count for name, count in grown.items() if count > 0}
