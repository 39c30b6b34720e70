"""Whether the broker answers, asked all the time, so that a probe can tell at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from newsline.broker import BrokerError

INTERVAL = 1.0


class BrokerWatch:
    """``problem()`` is a readiness check: what the broker last said, if it was not an answer."""

    def __init__(self) -> None:
        self._problem: str | None = "the broker has not answered yet"

    def problem(self) -> str | None:
        return self._problem

    async def keep(self, question: Callable[[], object]) -> None:
        """Ask every :data:`INTERVAL` seconds, in a thread, until cancelled."""
        while True:
            try:
                await asyncio.to_thread(question)
            except BrokerError as error:  # whoever needs the broker meets it too, and decides
                self._problem = str(error)
            else:
                self._problem = None
            await asyncio.sleep(INTERVAL)


@asynccontextmanager
async def watching(question: Callable[[], object]) -> AsyncIterator[BrokerWatch]:
    """A watch that asks ``question`` of the broker while the block runs."""
    watch = BrokerWatch()
    asking = asyncio.create_task(watch.keep(question))
    try:
        yield watch
    finally:
        asking.cancel()
