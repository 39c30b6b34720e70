"""The connector's loop: poll each feed when it is due, make revisits, renew leases, stop."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Collection, Coroutine
from contextlib import suppress
from typing import Any

from connectors.poll.network_watch import NetworkWatch
from connectors.poll.poller import Poller
from connectors.poll.revisits import Revisits
from connectors.state import FeedState, Revisit, State
from connectors.state.async_state import AsyncState
from connectors.state.retry import Outages

POLLS_AT_ONCE = 1_000
"""High, because a poll that waits for its host costs only a socket and some memory, and one that
hangs does so for 30 s. Entries, the expensive part, have narrower limits in the poller."""

DRAIN_SECONDS = 10.0

CLAIM = 100
"""Feeds leased at a time: each claim is a commit."""

LOOK_SECONDS = 1.0
"""Between looks for due feeds that were another connector's."""

REVISITS_AT_ONCE = 10
"""Few: new entries come first."""

REVISIT_LOOK_SECONDS = 10.0
"""Between looks for due revisits."""

RENEW_SECONDS = 20.0
"""A third of a lease, so that one renewal may fail."""


class Connector:
    """Polls the listed feeds until it is stopped, or each once."""

    def __init__(
        self,
        poller: Poller,
        state: AsyncState,
        outages: Outages,
        revisits: Revisits | None = None,
        watch: NetworkWatch | None = None,
    ) -> None:
        self._poller = poller
        self._watch = watch
        self._revisits = revisits
        self._revisit_slots = asyncio.Semaphore(REVISITS_AT_ONCE)
        self._state = state
        self._outages = outages
        self._slots = asyncio.Semaphore(POLLS_AT_ONCE)
        self._running: set[asyncio.Task[Any]] = set()
        self._ended: asyncio.Queue[asyncio.Task[Any]] = asyncio.Queue()
        self._next_due = 0.0
        self._is_due_sooner = asyncio.Event()

    def problem(self) -> str | None:
        """The error of a backend that is unreachable now, for a probe; None if there is none."""
        return self._outages.problem()

    async def once(self, stop: asyncio.Event) -> None:
        """Poll every feed now, due or not, make the due revisits, and return when all is published.

        ``stop`` and errors: see :meth:`run`.
        """
        await self._run_until(stop, self._poll_all(), self._revisit_all())

    async def run(self, stop: asyncio.Event) -> None:
        """Poll each feed when it is due until ``stop``; then finish the polls in flight.

        Polls not finished within :data:`DRAIN_SECONDS` are cancelled; their entries are read again
        later. While the broker or the state is unreachable it waits. Raises their other errors;
        never one of a feed or a page.
        """
        work = [self._poll_due(), self._revisit_due()]
        if self._watch:
            await self._watch.open()
            work.append(self._watch.run())
        await self._run_until(stop, *work)

    async def _run_until(self, stop: asyncio.Event, *work: Coroutine[Any, Any, None]) -> None:
        background = [self._spawn(stop.wait()), self._spawn(self._renew())]
        loops = {self._spawn(each) for each in work}
        self._running |= loops
        try:
            while self._running and not stop.is_set():
                task = await self._ended.get()
                self._running.discard(task)
                task.result()
            for task in loops:
                task.cancel()
            await self._drain(self._running - loops)
        finally:
            await _cancel({*background, *loops, *self._running})
            self._running.clear()

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended.put_nowait)
        return task

    async def _poll_all(self) -> None:
        await self._state.call(State.make_due)
        while await self._start_polls(due=0.0):
            pass

    async def _poll_due(self) -> None:
        while True:
            await self._network_up()
            self._next_due = math.inf
            if await self._start_polls() < CLAIM:
                await self._pause()

    async def _network_up(self) -> None:
        """Wait for the end of an outage of our own network."""
        if self._watch:
            await self._watch.network.is_up.wait()

    async def _start_polls(self, due: float | None = None) -> int:
        """Lease due feeds and poll each as soon as there is a slot. Returns how many."""
        feeds = await self._state.claim_due(CLAIM, due)
        for feed in feeds:
            await self._slots.acquire()
            self._running.add(self._spawn(self._poll(feed)))
        return len(feeds)

    async def _poll(self, feed: FeedState) -> None:
        try:
            next_poll = await self._poller.poll(feed, random.random())
        finally:
            self._slots.release()
        if next_poll < self._next_due:
            self._next_due = next_poll
            self._is_due_sooner.set()

    async def _revisit_all(self) -> None:
        """Make the due revisits, each as soon as there is a slot."""
        while self._revisits and (due := await self._revisits.claim()):
            for revisit in due:
                await self._revisit_slots.acquire()
                self._running.add(self._spawn(self._revisit(self._revisits, revisit)))

    async def _revisit_due(self) -> None:
        while self._revisits:
            await self._network_up()
            await self._revisit_all()
            await asyncio.sleep(REVISIT_LOOK_SECONDS)

    async def _revisit(self, revisits: Revisits, revisit: Revisit) -> None:
        try:
            await revisits.make(revisit)
        finally:
            self._revisit_slots.release()

    async def _pause(self) -> None:
        """Wait until a feed may be due: one that was polled here, or another connector's; at most
        :data:`LOOK_SECONDS`, also if the clock is set back meanwhile.

        ``asyncio.timeout``, because ``wait_for`` of Python 3.11 loses a cancellation if a poll ends
        in the same moment, and polling would go on after SIGTERM.
        """
        latest = time.monotonic() + LOOK_SECONDS
        while (seconds := min(self._next_due - time.time(), latest - time.monotonic())) > 0:
            self._is_due_sooner.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._is_due_sooner.wait()

    async def _renew(self) -> None:
        while True:
            await self._state.renew()
            await asyncio.sleep(RENEW_SECONDS)

    async def _drain(self, polls: Collection[asyncio.Task]) -> None:
        """Wait for the polls in flight, :data:`DRAIN_SECONDS` at most."""
        if polls:
            done, _ = await asyncio.wait(
                polls, timeout=DRAIN_SECONDS, return_when=asyncio.FIRST_EXCEPTION
            )
            for task in done:
                task.result()


async def _cancel(tasks: Collection[asyncio.Task]) -> None:
    """Cancel the tasks. Their errors are dropped: the first one has ended the loop already."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
