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
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
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
        self._seats = asyncio.Semaphore(POLLS_AT_ONCE)
        self._polls: set[asyncio.Task[None]] = set()

    async def poll(self, feed: Feed) -> float:
        """Poll a feed now; returns when it is due again, in seconds since 1970."""
        async with self._seats:
            return await self._poller.poll(feed, random.random())

    async def once(self) -> None:
        """Poll every feed now, whether it is due or not, and return when all is published."""
        async with asyncio.TaskGroup() as group:
            for feed in self._feeds:
                group.create_task(self.poll(feed))

    async def run(self, stop: asyncio.Event) -> None:
        """Poll each feed when it is due until ``stop``; then finish what is in flight.

        Raises what a poll raised: the broker or the state failing, never a feed or a page.
        """
        stopped = asyncio.create_task(stop.wait())
        while not stop.is_set():
            self._start_due()
            pause = self._due[0][0] - time.time() if self._due else LONGEST_SLEEP
            await asyncio.wait(
                {stopped, *self._polls},
                timeout=min(max(pause, 0.05), LONGEST_SLEEP),
                return_when=asyncio.FIRST_COMPLETED,
            )
            self._collect()
        await self._drain()

    def _start_due(self) -> None:
        now = time.time()
        while self._due and self._due[0][0] <= now:
            _, number = heapq.heappop(self._due)
            self._polls.add(asyncio.create_task(self._poll_and_requeue(number)))

    async def _poll_and_requeue(self, number: int) -> None:
        next_poll = await self.poll(self._feeds[number])
        heapq.heappush(self._due, (next_poll, number))

    def _collect(self) -> None:
        for task in [task for task in self._polls if task.done()]:
            self._polls.remove(task)
            task.result()

    async def _drain(self) -> None:
        """Let polls in flight end; what does not within the time is read again from its feed."""
        if self._polls:
            _, late = await asyncio.wait(self._polls, timeout=DRAIN_SECONDS)
            for task in late:
                task.cancel()
            for task in late:
                with suppress(asyncio.CancelledError):
                    await task
        self._collect()


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
            publishing.cancel()
