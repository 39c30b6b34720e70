"""A queue from many tasks to one worker, in batches of what is waiting."""

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
    """While one batch is processed, the next one gathers: a single item does not wait, and under
    load up to ``most`` items share the cost of a transaction.

    ``work``: returns the outcomes of a batch, in its order.
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
        """The item's outcome, after its batch is done. Raises the error of ``work``."""
        outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(_Waiting(item, outcome))
        return await outcome

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Process items while the block runs, and the rest at its end."""
        running = asyncio.create_task(self._run())
        try:
            yield
        finally:
            await self._waiting.join()
            running.cancel()

    async def _run(self) -> None:
        """An error is raised in the tasks that wait for the batch; the queue goes on."""
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
