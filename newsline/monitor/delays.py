"""Delays and dates of the newest records."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from newsline.broker import Record
from newsline.monitor.lag_follower import Moment
from newsline.monitor.snapshot import Delay

NEWEST = 200
"""Records of which the percentiles are taken."""

RECENT_SECONDS = 600.0
"""Older records say nothing about now."""

DATED = 100
"""Articles whose dates are compared with the newest ones."""


class _Published(msgspec.Struct):
    at: datetime
    source: str


class _Times(msgspec.Struct):
    """The times of a record on news.raw or news.enriched; the rest is not decoded."""

    published: _Published
    fetched_at: datetime
    revision: int = 1


_decoder = msgspec.json.Decoder(_Times)


class Delays:
    """The newest delays of one kind, in seconds."""

    def __init__(self) -> None:
        self._delays: deque[tuple[float, float]] = deque(maxlen=NEWEST)

    def add(self, seconds: float, monotonic: float) -> None:
        """Add a delay, at a time of the monotonic clock."""
        self._delays.append((monotonic, max(0.0, seconds)))

    def percentiles(self, monotonic: float) -> Delay | None:
        """Of the delays in the last RECENT_SECONDS; None without one."""
        recent = sorted(delay for at, delay in self._delays if monotonic - at <= RECENT_SECONDS)
        if not recent:
            return None
        return Delay(p50=_at(recent, 0.5), p95=_at(recent, 0.95), count=len(recent))


def _at(values: Sequence[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))]


class RecordTimes:
    """What the times in the newest records show."""

    def __init__(self) -> None:
        self.publish_age = Delays()
        self.enrich_delay = Delays()
        self._dated: deque[bool] = deque(maxlen=DATED)

    def add_raw(self, records: Iterable[Record], now: Moment) -> None:
        """Note records of news.raw."""
        for record, times in _decoded(records):
            if times.revision == 1:
                is_dated = times.published.source != "first_seen"
                self._dated.append(is_dated)
                if is_dated:
                    seconds = record.timestamp - times.published.at.timestamp()
                    self.publish_age.add(seconds, now.stored(record.timestamp))

    def add_enriched(self, records: Iterable[Record], now: Moment) -> None:
        """Note records of news.enriched."""
        for record, times in _decoded(records):
            seconds = record.timestamp - times.fetched_at.timestamp()
            self.enrich_delay.add(seconds, now.stored(record.timestamp))

    @property
    def undated(self) -> int:
        """Newest articles in a row without a usable date."""
        return next(
            (n for n, is_dated in enumerate(reversed(self._dated)) if is_dated), len(self._dated)
        )

    @property
    def dated_before(self) -> int:
        """Articles with a date before those."""
        return sum(self._dated)


def _decoded(records: Iterable[Record]) -> Iterable[tuple[Record, _Times]]:
    for record in sorted(records, key=lambda each: each.timestamp):
        if record.value is not None:
            try:
                yield record, _decoder.decode(record.value)
            except (ValueError, RecursionError):  # a foreign record
                continue
