"""A cache of one value per origin: loaded once, kept until it expires."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from newsline.clock import Clock

MAX_ORIGINS = 10_000

MAX_WEIGHT = 200_000
"""Of all values together: as many rules take 60 MB."""

Key = TypeVar("Key", bound=Hashable)
T = TypeVar("T")


class _Cached(NamedTuple, Generic[T]):
    value: T
    expires: float
    weight: int


class OriginCache(Generic[Key, T]):
    """``load`` returns an origin's value and the seconds for which it is valid. ``weigh``: a
    value's part of MAX_WEIGHT."""

    def __init__(
        self,
        load: Callable[[Key], Awaitable[tuple[T, float]]],
        clock: Clock = time.monotonic,
        weigh: Callable[[T], int] = lambda _: 1,
    ) -> None:
        self._load = load
        self._clock = clock
        self._weigh = weigh
        self._weight = 0
        self._cached: dict[Key, _Cached[T]] = {}
        self._locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()

    async def get(self, origin: Key) -> T:
        """The origin's value, loaded if it is missing or expired. Errors of ``load`` are raised,
        not cached."""
        async with self._locks.setdefault(origin, asyncio.Lock()):
            cached = self._drop(origin) if origin in self._cached else None
            if cached is None or cached.expires <= self._clock():
                value, seconds = await self._load(origin)
                cached = _Cached(value, self._clock() + seconds, self._weigh(value))
            self._keep(origin, cached)
            return cached.value

    def peek(self, origin: Key) -> T | None:
        """The last value, expired or not, without loading."""
        cached = self._cached.get(origin)
        return cached.value if cached else None

    def _keep(self, origin: Key, cached: _Cached[T]) -> None:
        """Keep the value as the last to be dropped."""
        while self._cached and (
            len(self._cached) >= MAX_ORIGINS or self._weight + cached.weight > MAX_WEIGHT
        ):
            self._drop(next(iter(self._cached)))
        self._cached[origin] = cached
        self._weight += cached.weight

    def _drop(self, origin: Key) -> _Cached[T]:
        cached = self._cached.pop(origin)
        self._weight -= cached.weight
        return cached
