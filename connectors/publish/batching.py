"""From many tasks to one that works them off, in batches of what is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Generic, NamedTuple, TypeVar

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

BATCH = 50


class _Waiting(NamedTuple, Generic[Item, Outcome]):
    item: Item
    outcome: asyncio.Future[Outcome]


class BatchQueue(Generic[Item, Outcome]):
    """While one batch is being worked off the next one gathers: alone an item waits for nobody, and
    under load a transaction's cost is shared by up to ``most``.

    ``work`` gives each item's outcome, in their order; ``most`` is how many it gets at once.
    """

    def __init__(
        self,
        work: Callable[[Sequence[Item]], Awaitable[Sequence[Outcome]]],
        most: int = BATCH,
    ) -> None:
        self._work = work
        self._most = most
        self._waiting: asyncio.Queue[_Waiting[Item, Outcome]] = asyncio.Queue()

    async def put(self, item: Item) -> Outcome:
        """What became of the item, once its batch is done; raises what the work did."""
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(_Waiting(item, outcome))
        return await outcome

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Work off what comes while the block runs, and at its end what is left."""
        running = asyncio.create_task(self._run())
        try:
            yield
        finally:
            await self._waiting.join()
            running.cancel()

    async def _run(self) -> None:
        """An error is told to those who wait for the batch, and stops nothing."""
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty() and len(batch) < self._most:
                batch.append(self._waiting.get_nowait())
            await self._settle(batch)
            for _ in batch:
                self._waiting.task_done()

    async def _settle(self, batch: Sequence[_Waiting[Item, Outcome]]) -> None:
        try:
            outcomes = await self._work([waiting.item for waiting in batch])
        except Exception as error:
            for waiting in batch:
                if not waiting.outcome.done():
                    waiting.outcome.set_exception(error)
            return
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if not waiting.outcome.done():
                waiting.outcome.set_result(outcome)
