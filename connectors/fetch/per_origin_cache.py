"""A cache of one well-known file per origin, such as robots.txt: fetched once, kept until it
expires."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from yarl import URL

from newsline.clock import Clock

MAX_ORIGINS = 10_000

T = TypeVar("T")


class _Cached(NamedTuple, Generic[T]):
    value: T
    expires: float


class OriginCache(Generic[T]):
    """``load`` returns an origin's value and the seconds for which it is valid."""

    def __init__(
        self, load: Callable[[URL], Awaitable[tuple[T, float]]], clock: Clock = time.monotonic
    ) -> None:
        self._load = load
        self._clock = clock
        self._cached: dict[URL, _Cached[T]] = {}
        self._locks: WeakValueDictionary[URL, asyncio.Lock] = WeakValueDictionary()

    async def get(self, origin: URL) -> T:
        """The origin's value, loaded if it is missing or expired. Errors of ``load`` are raised,
        not cached."""
        async with self._locks.setdefault(origin, asyncio.Lock()):
            cached = self._cached.pop(origin, None)
            if cached is None or cached.expires <= self._clock():
                value, seconds = await self._load(origin)
                cached = _Cached(value, self._clock() + seconds)
            while len(self._cached) >= MAX_ORIGINS:
                self._cached.pop(next(iter(self._cached)))
            self._cached[origin] = cached  # last in order, so evicted last
            return cached.value

    def peek(self, origin: URL) -> T | None:
        """The last value, expired or not, without loading."""
        cached = self._cached.get(origin)
        return cached.value if cached else None
