"""Candidates from many tasks to the one publisher, in batches of what is there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from connectors.outcome import EntryOutcome
from connectors.publish import Candidate

BATCH = 50


class _Waiting(NamedTuple):
    candidate: Candidate
    outcome: asyncio.Future[EntryOutcome]


class PublishQueue:
    """While one batch is being written the next one gathers: alone an article waits for nobody, and
    under load a transaction's cost is shared by up to :data:`BATCH`."""

    def __init__(self, publish: Callable[[Sequence[Candidate]], Sequence[EntryOutcome]]) -> None:
        self._publish = publish
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue()

    async def put(self, candidate: Candidate) -> EntryOutcome:
        """What became of the candidate, once the broker has it; raises what the publisher did."""
        outcome: asyncio.Future[EntryOutcome] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(_Waiting(candidate, outcome))
        return await outcome

    async def join(self) -> None:
        """Return when all that was put is settled."""
        await self._waiting.join()

    async def run(self) -> None:
        """Publish what comes, until cancelled; an error is told to those who wait for the batch."""
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty() and len(batch) < BATCH:
                batch.append(self._waiting.get_nowait())
            await self._settle(batch)
            for _ in batch:
                self._waiting.task_done()

    async def _settle(self, batch: Sequence[_Waiting]) -> None:
        candidates = [waiting.candidate for waiting in batch]
        try:
            outcomes = await asyncio.to_thread(self._publish, candidates)
        except Exception as error:
            for waiting in batch:
                if not waiting.outcome.done():
                    waiting.outcome.set_exception(error)
            return
        for waiting, outcome in zip(batch, outcomes, strict=True):
            if not waiting.outcome.done():
                waiting.outcome.set_result(outcome)
