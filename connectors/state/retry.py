"""What is away for a while is waited for, and said once."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import accumulate, chain, repeat
from typing import TypeVar

from connectors.state import StateUnreachable
from newsline.broker import BrokerUnreachable
from newsline.errors import OperatorError

Result = TypeVar("Result")

AWAY = {StateUnreachable: "the state", BrokerUnreachable: "the broker"}
"""What is waited for: all else that fails is the operator's to mend, or ours."""

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0

THREADS = 6
"""For work that may block, apart from asyncio's own: there host names are looked up."""


class Outages:
    """Does what may block in threads, again and again while the state or the broker is away."""

    def __init__(self) -> None:
        self._problems: dict[str, str] = {}
        self._back: dict[str, float] = {}
        self._ending = asyncio.Event()
        self._threads = ThreadPoolExecutor(THREADS, "newsline-io")

    def problem(self) -> str | None:
        """What is away, and why, for a probe; None while all is well."""
        return next(iter(self._problems.values()), None)

    async def wait_out(self, work: Callable[[], Result]) -> Result:
        """What ``work`` returns, or raises but for outages; those it raises only at the end.

        The second attempt comes at once: after a restart every old connection fails once.
        """
        pauses = chain([0.0], accumulate(repeat(FIRST_PAUSE), _longer))
        met: set[str] = set()
        while True:
            began = time.monotonic()
            try:
                result = await asyncio.get_running_loop().run_in_executor(self._threads, work)
            except tuple(AWAY) as error:
                if self._ending.is_set():
                    raise
                if pause := next(pauses):
                    met.add(self._begin(error, began))
            else:
                self._over(met)
                return result
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._ending.wait()

    def end(self) -> None:
        """From now on an outage is not waited out: the connector ends."""
        self._ending.set()

    def close(self) -> None:
        """Leave alone what still hangs in a thread."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _begin(self, error: OperatorError, began: float) -> str:
        """Note what is away, unless it has come back since the attempt that failed ``began``."""
        (away,) = (name for kind, name in AWAY.items() if isinstance(error, kind))
        if began >= self._back.get(away, 0.0):
            if away not in self._problems:
                _say(f"{away} is away, and waited for: {error}")
            self._problems[away] = str(error)
        return away

    def _over(self, met: Iterable[str]) -> None:
        for away in met:
            if self._problems.pop(away, None):
                self._back[away] = time.monotonic()
                _say(f"{away} is back")


def _longer(pause: float, _: float) -> float:
    return min(2 * pause, LONGEST_PAUSE)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
