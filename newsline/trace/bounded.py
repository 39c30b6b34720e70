"""A broker whose reads have a deadline, so that a search costs at most so much."""

from __future__ import annotations

import time
from typing import Any, cast

from newsline.broker import Broker, Records


class SearchEnded(Exception):
    """The time is over."""


class _Bounded:
    """Passes everything to the broker until the deadline, by the monotonic clock."""

    def __init__(self, broker: Broker, deadline: float) -> None:
        self._broker = broker
        self._deadline = deadline

    def read(
        self, topic: str, partition: int, offset: int, *, limit: int, wait: float = 0.0
    ) -> Records:
        if time.monotonic() > self._deadline:
            raise SearchEnded
        return self._broker.read(topic, partition, offset, limit=limit, wait=wait)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._broker, name)


def bounded(broker: Broker, seconds: float) -> Broker:
    """The same broker, whose :meth:`Broker.read` raises SearchEnded after ``seconds``."""
    return cast("Broker", _Bounded(broker, time.monotonic() + seconds))
