"""A queue in which those who bring much do not hold up those who bring little."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Lane(Generic[T]):
    """Items in their order, each with its weight, and the weight of all."""

    def __init__(self) -> None:
        self.items: deque[tuple[T, int]] = deque()
        self.weight = 0


class Lanes(Generic[T]):
    """Items wait in lanes, each first in, first out. The lane with the least weight goes first, and
    of several such the one that has waited longest. Threads may share it.

    So what one has begun with is brought to its end before the next, where all bring as much, and
    who brings little waits for the item at work only.
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
        """The next item; waits for one."""
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
