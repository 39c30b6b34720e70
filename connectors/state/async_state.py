"""The state as the event loop uses it: nothing blocks, and what is away is waited for."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager

from connectors.publish.batching import BatchQueue
from connectors.state import AfterPoll, FeedState, KnownArticle, Listing, Revisit, SeenEntry, State
from connectors.state.retry import Outages
from connectors.websub.subscription import Subscription
from newsline.clock import Clock

POLLS_IN_A_COMMIT = 200
"""50 us of CPU for each poll; with 50 in a commit it is 66."""


class Store:
    """What :class:`State` does, in the threads of ``outages``; what polls leave is written in
    batches: with a commit for each 304 the commits would cost more than the polls."""

    def __init__(self, state: State, outages: Outages, clock: Clock = time.time) -> None:
        self._state = state
        self._clock = clock
        self._wait_out = outages.wait_out
        self._polls: BatchQueue[AfterPoll, None] = BatchQueue(self._remember, POLLS_IN_A_COMMIT)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Remember polls while the block runs."""
        async with self._polls.working():
            yield

    async def polled(self, poll: AfterPoll) -> None:
        await self._polls.put(poll)

    async def make_due(self) -> None:
        await self._wait_out(self._state.make_due)

    async def claim_due(self, limit: int, due: float | None = None) -> Sequence[FeedState]:
        return await self._wait_out(lambda: self._state.claim_due(self._clock(), limit, due))

    async def feed(self, url: str) -> FeedState:
        return await self._wait_out(lambda: self._state.feed(url))

    async def feeds(self) -> Sequence[FeedState]:
        return await self._wait_out(self._state.feeds)

    async def feed_at(self, address: str, besides: str) -> str | None:
        return await self._wait_out(lambda: self._state.feed_at(address, besides))

    async def claim(self, url: str) -> FeedState | None:
        return await self._wait_out(lambda: self._state.claim(url, self._clock()))

    async def renew(self) -> None:
        await self._wait_out(lambda: self._state.renew(self._clock()))

    async def release(self) -> None:
        await self._wait_out(self._state.release)

    async def entries(self, feed_id: int, ids: Collection[str]) -> Mapping[str, SeenEntry]:
        if not ids:  # as it is with the sitemaps of nearly every feed
            return {}
        return await self._wait_out(lambda: self._state.entries(feed_id, ids))

    async def article_at(self, link: str) -> KnownArticle | None:
        return await self._wait_out(lambda: self._state.article_at(link))

    async def list_in(self, listing: Listing, link: str) -> bool:
        return await self._wait_out(lambda: self._state.list_in(listing, link))

    async def claim_revisits(self, limit: int) -> Sequence[Revisit]:
        return await self._wait_out(lambda: self._state.claim_revisits(self._clock(), limit))

    async def revisited(self, revisit: Revisit, due: float | None) -> None:
        await self._wait_out(lambda: self._state.revisited(revisit, due))

    async def subscription(self, feed_url: str) -> Subscription | None:
        return await self._wait_out(lambda: self._state.subscription(feed_url))

    async def subscription_at(self, token: str) -> Subscription | None:
        return await self._wait_out(lambda: self._state.subscription_at(token))

    async def keep_subscription(self, subscription: Subscription) -> None:
        await self._wait_out(lambda: self._state.keep_subscription(subscription))

    async def unsubscribe(self, feed_url: str) -> None:
        await self._wait_out(lambda: self._state.unsubscribe(feed_url))

    async def _remember(self, polls: Sequence[AfterPoll]) -> Sequence[None]:
        await self._wait_out(lambda: self._state.polled(polls))
        return [None] * len(polls)
