"""A fair queue: heavy producers do not delay light ones."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Lane(Generic[T]):
    """Items in order with their weights, and the sum of these."""

    def __init__(self) -> None:
        self.items: deque[tuple[T, int]] = deque()
        self.weight = 0


class Lanes(Generic[T]):
    """Lanes of items, each first in, first out. The lane of the least weight is served first; of
    equal ones, the oldest. Threads may share it.

    Lanes of equal weight are drained one after another; a light lane waits only for the item in
    progress.
    """

    def __init__(self) -> None:
        self._lanes: dict[Hashable, _Lane[T]] = {}
        self._filled = threading.Condition()

    def put(self, item: T, lane: Hashable = None, weight: int = 1) -> None:
        with self._filled:
            into = self._lanes.setdefault(lane, _Lane())
            into.items.append((item, weight))
            into.weight += weight
            self._filled.notify()

    def get(self) -> T:
        """Wait for an item and remove it."""
        with self._filled:
            self._filled.wait_for(lambda: self._lanes)
            name, lane = min(self._lanes.items(), key=lambda each: each[1].weight)
            item, weight = lane.items.popleft()
            lane.weight -= weight
            if not lane.items:
                del self._lanes[name]
            return item

    def empty(self) -> bool:
        return not self._lanes
