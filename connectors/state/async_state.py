"""The state for the event loop: calls run in threads and wait for the end of outages."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Concatenate, ParamSpec, TypeVar

from connectors.state import AfterPoll, FeedState, Revisit, SeenEntry, SeenSitemap, State
from connectors.state.batch_queue import BatchQueue
from connectors.state.retry import Outages
from newsline.clock import Clock

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

POLLS_IN_A_COMMIT = 200
"""50 us of CPU for each poll; with 50 in a commit it is 66."""


class AsyncState:
    """:class:`State` in threads. ``call`` runs any of its methods; the methods here add a time, or
    gather polls into one commit: a commit for each 304 would cost more than the poll."""

    def __init__(self, state: State, outages: Outages, clock: Clock = time.time) -> None:
        self._state = state
        self._clock = clock
        self._outages = outages
        self._polls: BatchQueue[AfterPoll, None] = BatchQueue(self._save_polls, POLLS_IN_A_COMMIT)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Save polls while the block runs."""
        async with self._polls.working():
            yield

    async def call(
        self,
        method: Callable[Concatenate[State, Parameters], Result],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Result:
        """Run a method of State, as in ``call(State.feed, url)``."""
        return await self._outages.retry(lambda: method(self._state, *args, **kwargs))

    async def claim_due(self, limit: int, due: float | None = None) -> Sequence[FeedState]:
        return await self.call(State.claim_due, self._clock(), limit, due)

    async def claim(self, url: str) -> FeedState | None:
        return await self.call(State.claim, url, self._clock())

    async def renew(self) -> None:
        await self.call(State.renew, self._clock())

    async def claim_revisits(self, limit: int) -> Sequence[Revisit]:
        return await self.call(State.claim_revisits, self._clock(), limit)

    async def entries(self, feed_id: int, ids: Collection[str]) -> Mapping[str, SeenEntry]:
        if not ids:
            return {}
        return await self.call(State.entries, feed_id, ids)

    async def sitemaps(self, feed_id: int, urls: Collection[str]) -> Mapping[str, SeenSitemap]:
        if not urls:
            return {}
        return await self.call(State.sitemaps, feed_id, urls)

    async def save_poll(self, poll: AfterPoll) -> None:
        """Save with other polls; returns after the commit."""
        await self._polls.put(poll)

    async def _save_polls(self, polls: Sequence[AfterPoll]) -> Sequence[None]:
        await self.call(State.save_polls, polls)
        return [None] * len(polls)
