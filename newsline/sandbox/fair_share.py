"""Share a sandbox's children fairly between sources, some of which are slow on purpose.

A child cannot be interrupted to let another task pass. So a source whose tasks are slow leaves one
child to the others, and one whose tasks are late again and again is paused.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from contextlib import nullcontext
from typing import TypeVar, TypeVarTuple

from newsline.clock import Clock
from newsline.sandbox.pool import ChildCrashed, ChildrenFailed, Sandbox, SandboxClosed

SLOW_SECONDS = 1.0
"""Mean duration above which a source's tasks leave a child free. A page takes 20 ms."""

NEW_SECONDS = 0.1
"""Assumed duration of a source's first task."""

LATE_SHARE = 0.5
"""A task that takes this share of its deadline is late."""

CRASH_SECONDS = 2.0
"""Cost of a new child. A task that crashes counts as late too."""

LATE_IN_A_ROW = 3
FIRST_PAUSE = 60.0
LONGEST_PAUSE = 3600.0

MOST_SOURCES = 10_000

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Postponed(Exception):
    """The task was not started: the last ones of this kind were late. ``seconds``: the pause."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the last ones took too long: the next one in {seconds:.0f} s")
        self.seconds = seconds


class _Source:
    """Costs of a source. Its first task runs alone: nothing is known of it yet."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self.mean: float | None = None
        self.room = asyncio.Semaphore(1)

    def charge(self, seconds: float) -> None:
        if self.mean is None:
            self.mean = seconds
            for _ in range(self._workers):
                self.room.release()
        self.mean = (self.mean + seconds) / 2


class _Lateness:
    """Late tasks in a row, and the end of the pause."""

    def __init__(self) -> None:
        self.in_a_row = 0
        self.until = 0.0


class FairShare:
    """Children of a sandbox, for tasks of named sources."""

    def __init__(self, sandbox: Sandbox, clock: Clock = time.monotonic) -> None:
        self._sandbox = sandbox
        self._clock = clock
        self._slow = asyncio.Semaphore(max(1, sandbox.workers - 1))
        self._sources: dict[Hashable, _Source] = {}
        self._late: dict[Hashable, _Lateness] = {}

    def pause(self, *kinds: Hashable) -> Postponed | None:
        """The longest pause of these kinds of tasks; None if the next one may start."""
        until = max((self._late[kind].until for kind in kinds if kind in self._late), default=0.0)
        left = until - self._clock()
        return Postponed(left) if left > 0 else None

    async def attempt(
        self,
        function: Callable[[*Ts], T],
        *args: *Ts,
        deadline: float,
        raises: tuple[type[Exception], ...] = (),
        source: Hashable,
        kinds: tuple[Hashable, ...] = (),
    ) -> T | Exception:
        """Run the task; return the exception if it fails.

        ``source``: a lane of its own in the queue. ``kinds``: names under which late tasks are
        counted; while one of them is paused, the result is Postponed. ``raises``: as of
        :meth:`Sandbox.submit`. Raises ChildrenFailed and
        SandboxClosed, which are not the fault of the task.
        """
        costs = self._source(source)
        async with costs.room, self._slow if self._is_slow(costs) else nullcontext():
            if pause := self.pause(*kinds):
                return pause
            future = self._sandbox.submit(
                function,
                *args,
                deadline=deadline,
                raises=raises,
                lane=source,
                weight=_weight(costs),
            )
            try:
                result: T | Exception = await asyncio.wrap_future(future)
            except (ChildrenFailed, SandboxClosed):
                raise
            except Exception as error:
                result = error
            crashed = isinstance(result, ChildCrashed)
            seconds = future.seconds + CRASH_SECONDS * crashed
            costs.charge(seconds)
            self._judge(kinds, is_late=crashed or seconds >= LATE_SHARE * deadline)
            return result

    @staticmethod
    def _is_slow(costs: _Source) -> bool:
        return costs.mean is not None and costs.mean > SLOW_SECONDS

    def _source(self, name: Hashable) -> _Source:
        if name not in self._sources:
            if len(self._sources) >= MOST_SOURCES:
                self._sources.pop(next(iter(self._sources)))
            self._sources[name] = _Source(self._sandbox.workers)
        return self._sources[name]

    def _judge(self, kinds: tuple[Hashable, ...], *, is_late: bool) -> None:
        for kind in kinds:
            if not is_late:
                self._late.pop(kind, None)
                continue
            if kind not in self._late and len(self._late) >= MOST_SOURCES:
                self._late.pop(next(iter(self._late)))
            lateness = self._late.setdefault(kind, _Lateness())
            lateness.in_a_row += 1
            if (further := lateness.in_a_row - LATE_IN_A_ROW) >= 0:
                seconds = min(FIRST_PAUSE * 2.0 ** min(further, 20), LONGEST_PAUSE)
                lateness.until = self._clock() + seconds


def _weight(costs: _Source) -> int:
    """The task's expected duration in milliseconds."""
    return 1 + round(1000 * (NEW_SECONDS if costs.mean is None else costs.mean))
