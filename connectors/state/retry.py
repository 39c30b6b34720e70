"""Retries while the state or the broker is unreachable; each outage is reported once."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import accumulate, chain, repeat
from typing import TypeVar

from connectors.state import StateUnreachable
from newsline.announce import report
from newsline.broker import BrokerUnreachable
from newsline.errors import OperatorError
from newsline.log_lines import LogEvent

Result = TypeVar("Result")

BACKENDS = {StateUnreachable: "the state", BrokerUnreachable: "the broker"}
"""Errors that end without a change by the operator. All others are raised."""

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 1.0

AT_ONCE = 1.0
"""A first attempt that fails sooner is not reported: after a restart every old connection fails
once."""

THREADS = 6
"""For blocking work. Not asyncio's own threads: host names are resolved there."""


class Outages:
    """Runs blocking work in threads, and repeats it while the state or the broker is
    unreachable."""

    def __init__(self) -> None:
        self._errors: dict[str, str] = {}  # by backend
        self._recovered_at: dict[str, float] = {}  # by backend, time.monotonic()
        self._ending = asyncio.Event()
        self._threads = ThreadPoolExecutor(THREADS, "newsline-io")

    def problem(self) -> str | None:
        """The error of a backend that is unreachable now, for a probe; None if there is none."""
        return next(iter(self._errors.values()), None)

    async def retry(self, work: Callable[[], Result]) -> Result:
        """Run ``work`` in a thread, retrying while a backend is unreachable. After :meth:`end`,
        outages are raised too.

        The second attempt has no pause.
        """
        pauses = chain([0.0], accumulate(repeat(FIRST_PAUSE), _longer))
        unreachable: set[str] = set()
        while True:
            began = time.monotonic()
            try:
                result = await asyncio.get_running_loop().run_in_executor(self._threads, work)
            except tuple(BACKENDS) as error:
                if self._ending.is_set():
                    raise
                pause = next(pauses)
                if pause or time.monotonic() - began > AT_ONCE:
                    unreachable.add(self._begin(error, began))
            else:
                self._over(unreachable)
                return result
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._ending.wait()

    def end(self) -> None:
        """Raise outages from now on: the connector ends."""
        self._ending.set()

    def close(self) -> None:
        """Do not wait for threads that still hang."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _begin(self, error: OperatorError, began: float) -> str:
        """Record the outage and return its backend. An attempt that ``began`` before the backend
        recovered is no new outage."""
        (backend,) = (name for kind, name in BACKENDS.items() if isinstance(error, kind))
        if began >= self._recovered_at.get(backend, 0.0):
            if backend not in self._errors:
                report(
                    f"{backend} is unreachable, retrying: {error}",
                    LogEvent.OUTAGE,
                    level=logging.WARNING,
                )
            self._errors[backend] = str(error)
        return backend

    def _over(self, backends: Iterable[str]) -> None:
        for backend in backends:
            if self._errors.pop(backend, None):
                self._recovered_at[backend] = time.monotonic()
                report(f"{backend} is reachable again", LogEvent.RECOVERY)


def _longer(pause: float, _: float) -> float:
    return min(2 * pause, LONGEST_PAUSE)
