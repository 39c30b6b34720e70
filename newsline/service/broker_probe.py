"""A background check that the broker answers, so that a probe need not wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from newsline.broker import BrokerError

INTERVAL = 1.0


class BrokerProbe:
    """``problem()`` is a readiness check: the broker's last error; None if it answered."""

    def __init__(self) -> None:
        self._problem: str | None = "the broker has not answered yet"

    def problem(self) -> str | None:
        return self._problem

    async def keep(self, question: Callable[[], object]) -> None:
        """Ask every :data:`INTERVAL` seconds in a thread, until cancelled."""
        while True:
            try:
                await asyncio.to_thread(question)
            except BrokerError as error:  # users of the broker get it too, and react
                self._problem = str(error)
            else:
                self._problem = None
            await asyncio.sleep(INTERVAL)


@asynccontextmanager
async def watching(question: Callable[[], object]) -> AsyncIterator[BrokerProbe]:
    """Ask the broker ``question`` repeatedly while the block runs."""
    probe = BrokerProbe()
    asking = asyncio.create_task(probe.keep(question))
    try:
        yield probe
    finally:
        asking.cancel()
