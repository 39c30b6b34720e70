"""The connector: due feeds are polled, their entries handled, what is new published.

This is where the parts meet; what each decides stands in its own file. Feeds, entries and pages
are handled side by side in one event loop, parsing and extraction in killable children, and
publishing in one thread, batch by batch.
"""

from __future__ import annotations

import asyncio
import gc
import math
import random
import time
from collections.abc import AsyncIterator, Collection, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from typing import Any, NamedTuple

from connectors.article.candidate import Candidate
from connectors.article.page_reader import PageReader
from connectors.feedlist.feed_list import Feed
from connectors.fetch import Fetcher
from connectors.poll.entry_handler import EntryHandler
from connectors.poll.health import shown
from connectors.poll.poller import Poller
from connectors.poll.revisits import Revisits
from connectors.publish.batching import BatchQueue
from connectors.publish.publisher import Publisher
from connectors.state import FeedState, Revisit, State, StateError
from connectors.state.async_state import AsyncState
from connectors.state.retry import Outages
from connectors.websub.callback import CallbackAddress, serve_callback
from connectors.websub.subscriber import Subscriber
from newsline.broker import Broker
from newsline.outcomes import EntryOutcome
from newsline.sandbox.pool import Sandbox

POLLS_AT_ONCE = 1_000
"""A poll that waits for its host costs a socket and some memory, and one that hangs waits for 30
seconds: what is much work once it is there, a feed's entries, has narrower limits in the poller."""

DRAIN_SECONDS = 10.0

CLAIM = 100
"""Feeds are claimed so many at a time: each claim is a commit."""

LOOK_SECONDS = 1.0
"""How long a feed may be due before it is seen that no connector has it."""

REVISITS_AT_ONCE = 10
"""Few: what is new goes first."""

REVISIT_LOOK_SECONDS = 10.0
"""How late a revisit may be without anybody minding."""

RENEW_SECONDS = 20.0
"""A third of a lease, so that one renewal may fail."""

CHILD_MEMORY = 2 * 1024**3
"""Bytes of address space for a child that parses; a page of 5 MiB takes a fraction of it."""

CHILD_TASKS = 2_000
"""A child is replaced after this many tasks: trafilatura's caches grow."""


class Settings(NamedTuple):
    """What a connector is told. ``allow``: hosts that may have private addresses; ``contact``: for
    the User-Agent; ``workers``: how many children parse and extract; ``websub``: where hubs reach
    us, None where they do not; ``respect_opt_outs``: what its publisher reserves is not
    published; ``revisit``: the ages in seconds at which articles are looked at again."""

    broker: str
    state: str
    allow: frozenset[str]
    contact: str
    workers: int
    websub: CallbackAddress | None = None
    respect_opt_outs: bool = False
    revisit: tuple[float, ...] = ()


class Connector:
    """Polls the feeds that the state lists until told to stop, or each once."""

    def __init__(
        self, poller: Poller, state: AsyncState, outages: Outages, revisits: Revisits | None = None
    ) -> None:
        self._poller = poller
        self._revisits = revisits
        self._revisit_seats = asyncio.Semaphore(REVISITS_AT_ONCE)
        self._state = state
        self._outages = outages
        self._seats = asyncio.Semaphore(POLLS_AT_ONCE)
        self._busy: set[asyncio.Task[Any]] = set()
        self._ended: asyncio.Queue[asyncio.Task[Any]] = asyncio.Queue()
        self._look_at = 0.0
        self._sooner = asyncio.Event()

    def problem(self) -> str | None:
        """What is away and waited for, for a probe; None while all is well."""
        return self._outages.problem()

    async def once(self, stop: asyncio.Event) -> None:
        """Poll every feed now, whether it is due or not, make the revisits that are due, and return
        when all is published.

        ``stop`` and what is raised are as for :meth:`run`.
        """
        await self._work(stop, self._start_all(), self._revisit_all())

    async def run(self, stop: asyncio.Event) -> None:
        """Poll each feed when it is due until ``stop``; then finish what is in flight.

        What is not finished within :data:`DRAIN_SECONDS` is left, and read again from its feed.
        While the broker or the state is away it waits. Raises what else a poll raised: the broker
        or the state failing, never a feed or a page.
        """
        await self._work(stop, self._start_due(), self._revisit_on())

    async def _work(self, stop: asyncio.Event, *starts: Coroutine[Any, Any, None]) -> None:
        beside = [self._task(stop.wait()), self._task(self._renew())]
        starting = {self._task(start) for start in starts}
        self._busy |= starting
        try:
            while self._busy and not stop.is_set():
                task = await self._ended.get()
                self._busy.discard(task)
                task.result()
            for task in starting:
                task.cancel()
            await self._drain(self._busy - starting)
        finally:
            await _end({*beside, *starting, *self._busy})
            self._busy.clear()

    def _task(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended.put_nowait)
        return task

    async def _start_all(self) -> None:
        await self._state.call(State.make_due)
        while await self._start(due=0.0):
            pass

    async def _start_due(self) -> None:
        while True:
            self._look_at = math.inf
            if await self._start() < CLAIM:
                await self._pause()

    async def _start(self, due: float | None = None) -> int:
        """Claim some feeds that are due, and poll each as soon as there is a seat; how many."""
        feeds = await self._state.claim_due(CLAIM, due)
        for feed in feeds:
            await self._seats.acquire()
            self._busy.add(self._task(self._poll(feed)))
        return len(feeds)

    async def _poll(self, feed: FeedState) -> None:
        try:
            next_poll = await self._poller.poll(feed, random.random())
        finally:
            self._seats.release()
        if next_poll < self._look_at:
            self._look_at = next_poll
            self._sooner.set()

    async def _revisit_all(self) -> None:
        """Make the revisits that are due, each as soon as there is a seat."""
        while self._revisits and (due := await self._revisits.claim()):
            for revisit in due:
                await self._revisit_seats.acquire()
                self._busy.add(self._task(self._revisit(self._revisits, revisit)))

    async def _revisit_on(self) -> None:
        while self._revisits:
            await self._revisit_all()
            await asyncio.sleep(REVISIT_LOOK_SECONDS)

    async def _revisit(self, revisits: Revisits, revisit: Revisit) -> None:
        try:
            await revisits.make(revisit)
        finally:
            self._revisit_seats.release()

    async def _pause(self) -> None:
        """Until something may be due: a feed that was polled here, or another connector's.

        By ``asyncio.timeout``: ``wait_for`` of Python 3.11 forgets that it was cancelled where a
        poll ends in the same moment, and then we would go on polling after SIGTERM.
        """
        self._look_at = min(self._look_at, time.time() + LOOK_SECONDS)
        while (seconds := self._look_at - time.time()) > 0:
            self._sooner.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._sooner.wait()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            await self._state.renew()

    async def _drain(self, polls: Collection[asyncio.Task]) -> None:
        """Let the polls in flight end, for a while."""
        if polls:
            done, _ = await asyncio.wait(
                polls, timeout=DRAIN_SECONDS, return_when=asyncio.FIRST_EXCEPTION
            )
            for task in done:
                task.result()


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
        _listed(state, feeds),
        closing(Publisher(broker, settings.broker, state, settings.revisit)) as publisher,
        closing(
            Sandbox(settings.workers, memory_bytes=CHILD_MEMORY, max_tasks=CHILD_TASKS)
        ) as sandbox,
        closing(Outages()) as outages,
    ):
        store = AsyncState(state, outages)
        queue = publishing(publisher, outages)
        async with store.working(), queue.working():
            try:
                async with Fetcher(contact=settings.contact, allow=settings.allow) as fetcher:
                    opt_outs = settings.respect_opt_outs
                    reader = PageReader(fetcher, sandbox, respect_opt_outs=opt_outs)
                    entries = EntryHandler(reader, store, queue.put)
                    hubs = settings.websub
                    subscriber = Subscriber(fetcher, store, hubs.callback) if hubs else None
                    poller = Poller(fetcher, sandbox, entries, store, subscriber)
                    ages = settings.revisit
                    revisits = Revisits(reader, store, queue, ages) if ages else None
                    async with shown(store), AsyncExitStack() as stack:
                        if hubs and subscriber:
                            stack.push_async_callback(subscriber.close)
                            listed = frozenset(feed.url for feed in feeds)
                            answering = serve_callback(hubs.listen, store, poller.push, listed)
                            await stack.enter_async_context(answering)
                        yield Connector(poller, store, outages, revisits)
            finally:
                outages.end()


def collect_seldom() -> None:
    """What start-up has made is left alone by the garbage collector, which otherwise comes after
    each 700 objects: a poll makes hundreds that live for its time, hardly any of them in cycles.
    That was a quarter of what a poll costs that is answered 304; after each 5,000 it still was a
    tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def publishing(publisher: Publisher, outages: Outages) -> BatchQueue[Candidate, EntryOutcome]:
    """The way to the publisher for many tasks."""
    return BatchQueue(lambda batch: outages.retry(lambda: publisher.publish(batch)))


@contextmanager
def _listed(state: State, feeds: Sequence[Feed]) -> Iterator[None]:
    """A connector on the state while the block runs; then others may have its feeds at once."""
    state.enlist(feeds)
    try:
        yield
    finally:
        with suppress(StateError):
            state.release()
