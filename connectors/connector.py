"""The connector: due feeds are polled, their entries handled, what is new published.

This is where the parts meet; what each decides stands in its own file. Feeds, entries and pages
are handled side by side in one event loop, parsing and extraction in killable children, and
publishing in one thread, batch by batch.
"""

from __future__ import annotations

import asyncio
import heapq
import random
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, closing
from typing import NamedTuple

from connectors.entries import EntryHandler
from connectors.feeds import Feed
from connectors.fetch import Fetcher
from connectors.poll import Poller
from connectors.publish import Publisher
from connectors.queue import PublishQueue
from connectors.state import State
from pipeline.broker import Broker
from pipeline.sandbox import Sandbox

POLLS_AT_ONCE = 50
LONGEST_SLEEP = 60.0
DRAIN_SECONDS = 10.0

CHILD_MEMORY = 2 * 1024**3
"""Bytes of address space for a child that parses; a page of 5 MiB takes a fraction of it."""

CHILD_TASKS = 2_000
"""A child is replaced after this many tasks: trafilatura's caches grow."""


class Settings(NamedTuple):
    """What a connector is told. ``allow``: hosts that may have private addresses; ``contact``: for
    the User-Agent; ``workers``: how many children parse and extract."""

    broker: str
    state: str
    allow: frozenset[str]
    contact: str
    workers: int


class Connector:
    """Polls the feeds until told to stop, or once."""

    def __init__(self, feeds: Sequence[Feed], poller: Poller, state: State) -> None:
        self._feeds = feeds
        self._poller = poller
        self._due = [(state.feed(feed.url).next_poll, n) for n, feed in enumerate(feeds)]
        heapq.heapify(self._due)
        self._polls: dict[asyncio.Task[float], int] = {}

    async def poll(self, feed: Feed) -> float:
        """Poll a feed now; returns when it is due again, in seconds since 1970."""
        return await self._poller.poll(feed, random.random())

    async def once(self, stop: asyncio.Event) -> None:
        """Poll every feed now, whether it is due or not, and return when all is published.

        ``stop`` and what is raised are as for :meth:`run`.
        """
        self._due = [(0.0, number) for number in range(len(self._feeds))]
        await self._work(stop, again=False)

    async def run(self, stop: asyncio.Event) -> None:
        """Poll each feed when it is due until ``stop``; then finish what is in flight.

        What is not finished within :data:`DRAIN_SECONDS` is left, and read again from its feed.
        Raises what a poll raised: the broker or the state failing, never a feed or a page.
        """
        await self._work(stop, again=True)

    async def _work(self, stop: asyncio.Event, *, again: bool) -> None:
        stopped = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set() and (self._due or self._polls):
                self._start_due()
                await asyncio.wait(
                    {stopped, *self._polls},
                    timeout=self._pause(),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                self._collect(again)
            await self._drain()
        finally:
            await _end({stopped, *self._polls})

    def _start_due(self) -> None:
        now = time.time()
        while self._due and self._due[0][0] <= now and len(self._polls) < POLLS_AT_ONCE:
            _, number = heapq.heappop(self._due)
            self._polls[asyncio.create_task(self.poll(self._feeds[number]))] = number

    def _pause(self) -> float:
        """Seconds until the next poll may start, if none in flight ends before."""
        if not self._due or len(self._polls) >= POLLS_AT_ONCE:
            return LONGEST_SLEEP
        return min(max(self._due[0][0] - time.time(), 0.0), LONGEST_SLEEP)

    def _collect(self, again: bool) -> None:
        for task in [task for task in self._polls if task.done()]:
            number = self._polls.pop(task)
            next_poll = task.result()
            if again:
                heapq.heappush(self._due, (next_poll, number))

    async def _drain(self) -> None:
        """Let the polls in flight end, for a while."""
        if self._polls:
            await asyncio.wait(
                self._polls, timeout=DRAIN_SECONDS, return_when=asyncio.FIRST_EXCEPTION
            )
            self._collect(again=False)


async def _end(tasks: Collection[asyncio.Task]) -> None:
    """Cancel the tasks; whatever they still raise has the reason of what ends them."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def open_connector(
    feeds: Sequence[Feed], broker: Broker, settings: Settings
) -> AsyncIterator[Connector]:
    """A connector with all its parts, which are closed at the end of the block."""
    with (
        closing(State(settings.state)) as state,
        closing(Publisher(broker, settings.broker, state)) as publisher,
        closing(
            Sandbox(settings.workers, memory_bytes=CHILD_MEMORY, max_tasks=CHILD_TASKS)
        ) as sandbox,
    ):
        queue = PublishQueue(publisher.publish)
        publishing = asyncio.create_task(queue.run())
        try:
            async with Fetcher(contact=settings.contact, allow=settings.allow) as fetcher:
                entries = EntryHandler(fetcher, sandbox, state, queue.put)
                yield Connector(feeds, Poller(fetcher, sandbox, entries, state), state)
        finally:
            await queue.join()
            publishing.cancel()
