"""What an origin says of itself in a file of a fixed name: asked for once, kept for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, NamedTuple, TypeVar
from weakref import WeakValueDictionary

from yarl import URL

from newsline.clock import Clock

ORIGINS_KEPT = 10_000

T = TypeVar("T")


class _Answer(NamedTuple, Generic[T]):
    value: T
    expires: float


class Origins(Generic[T]):
    """``ask`` gets an origin's answer, and for how many seconds it holds."""

    def __init__(
        self, ask: Callable[[URL], Awaitable[tuple[T, float]]], clock: Clock = time.monotonic
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._answers: dict[URL, _Answer[T]] = {}
        self._locks: WeakValueDictionary[URL, asyncio.Lock] = WeakValueDictionary()

    async def get(self, origin: URL) -> T:
        """The origin's answer. Raises what asking raises; that is not kept."""
        async with self._locks.setdefault(origin, asyncio.Lock()):
            answer = self._answers.pop(origin, None)
            if answer is None or answer.expires <= self._clock():
                value, seconds = await self._ask(origin)
                answer = _Answer(value, self._clock() + seconds)
            while len(self._answers) >= ORIGINS_KEPT:
                self._answers.pop(next(iter(self._answers)))
            self._answers[origin] = answer  # last, and so the last to be forgotten
            return answer.value

    def known(self, origin: URL) -> T | None:
        """The last answer, without asking."""
        answer = self._answers.get(origin)
        return answer.value if answer else None
