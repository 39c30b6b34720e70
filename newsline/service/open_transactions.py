"""Gauges of transactions that stay open, and a line for each."""

from __future__ import annotations

import time
from typing import NamedTuple

from newsline.announce import report, warn
from newsline.broker import Broker, OpenTransaction
from newsline.log_lines import LogEvent
from newsline.service import metrics
from newsline.topics.open_transactions import LONG_SECONDS, WATCHED, line


class _Seen(NamedTuple):
    offset: int
    since: float


class OpenTransactions:
    """Sets the gauges of open transactions, and reports each one that stays open."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._seen: dict[tuple[str, int], _Seen] = {}
        self._reported: set[tuple[str, int]] = set()

    def look(self) -> None:
        """Look at all partitions; to be called about once a second."""
        for topic in WATCHED:
            found = {each.partition: each for each in self._broker.open_transactions(topic)}
            for place in [place for place in self._seen if place[0] == topic]:
                if place[1] not in found:
                    self._end(place)
            for each in found.values():
                self._note(topic, each)

    def _note(self, topic: str, found: OpenTransaction) -> None:
        place, now = (topic, found.partition), time.monotonic()
        seen = self._seen.get(place)
        if seen is None or seen.offset != found.offset:
            if place in self._reported:
                self._end(place)
            self._seen[place] = seen = _Seen(found.offset, now)
        seconds = now - seen.since
        metrics.OPEN_TRANSACTION_RECORDS.labels(*place).set(found.records)
        metrics.OPEN_TRANSACTION_SECONDS.labels(*place).set(seconds)
        if seconds > LONG_SECONDS and place not in self._reported:
            self._reported.add(place)
            warn(line(topic, found), LogEvent.OPEN_TRANSACTION)

    def _end(self, place: tuple[str, int]) -> None:
        del self._seen[place]
        metrics.OPEN_TRANSACTION_RECORDS.labels(*place).set(0)
        metrics.OPEN_TRANSACTION_SECONDS.labels(*place).set(0)
        if place in self._reported:
            self._reported.remove(place)
            report(
                f"{place[0]} partition {place[1]}: the open transaction has ended",
                LogEvent.OPEN_TRANSACTION,
            )
