"""Limits on requests in flight: per host by its throttle, then over all hosts."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import lru_cache

from courlan.urlutils import get_tldinfo
from yarl import URL

from connectors.fetch import throttle
from connectors.fetch.response import Deferred, FetchFailed
from connectors.fetch.throttle import Politeness, Throttle
from newsline.clock import Clock

MAX_REQUESTS = 100
"""Over all hosts: a feed may link to thousands of them. Polls do not count: the runner limits them,
and a hundred polls that hang would block every page."""

SLOW_SECONDS = 5.0
MAX_SLOW_REQUESTS = 50
"""Hosts with a longer answer time have a limit of their own: otherwise a hundred requests that hang
block all others, each for as long as a fetch may take."""

MAX_SLOTS = 10_000
REFUSALS = (429, 503)


class _Slot:
    """One host's throttle and its requests. ``queue`` lets one request at a time wait for its
    start; ``users`` counts requests that wait or are in flight."""

    def __init__(self, politeness: Politeness) -> None:
        self.throttle = Throttle()
        self.queue = asyncio.Lock()
        self.in_flight = asyncio.Semaphore(politeness.concurrency)
        self.waiting = 0
        self.users = 0


class HostLimiter:
    """Delays each request until its host's slot, and then the global limit, has room for it."""

    def __init__(self, politeness: Politeness, clock: Clock = time.monotonic) -> None:
        self._politeness = politeness
        self._clock = clock
        self._slots: dict[str, _Slot] = {}
        self._quick = asyncio.Semaphore(MAX_REQUESTS)
        self._slow = asyncio.Semaphore(MAX_SLOW_REQUESTS)

    @asynccontextmanager
    async def acquire(
        self, url: URL, crawl_delay: float = 0.0, *, poll: bool = False
    ) -> AsyncIterator[None]:
        """Room for one request while the block runs; a FetchFailed in the block slows the host.

        A ``poll`` is limited by its host only. Raises Deferred if the wait exceeds ``max_wait``.
        """
        key = slot_key(url)
        slot = self._slot(key)
        slot.users += 1
        try:
            await self._wait_for_start(key, slot, crawl_delay)
            try:
                async with nullcontext() if poll else self._global_limit(slot):
                    start = self._clock()
                    try:
                        yield
                    except FetchFailed as failure:
                        self._record_failure(slot, failure, start)
                        raise
                    answer_time = self._clock() - start
                    slot.throttle = throttle.answered(slot.throttle, answer_time, ok=True)
            finally:
                slot.in_flight.release()
        finally:
            slot.users -= 1

    def _global_limit(self, slot: _Slot) -> asyncio.Semaphore:
        return self._slow if slot.throttle.answer_time > SLOW_SECONDS else self._quick

    async def _wait_for_start(self, key: str, slot: _Slot, crawl_delay: float) -> None:
        """Return when the request may start; it then counts as in flight."""
        wait = throttle.wait(slot.throttle, self._politeness, self._clock(), crawl_delay)
        if not (wait or slot.waiting or slot.in_flight.locked()):
            return await self._start(key, slot, crawl_delay, math.inf)
        wait += slot.waiting * throttle.gap(slot.throttle, self._politeness, crawl_delay)
        if wait > self._politeness.max_wait:
            raise Deferred(key, wait)
        slot.waiting += 1
        try:
            async with asyncio.timeout(self._politeness.max_wait) as timeout, slot.queue:
                await self._start(key, slot, crawl_delay, timeout.when() or 0.0)
        except TimeoutError as error:
            raise Deferred(key, max(wait, self._politeness.gap)) from error
        finally:
            slot.waiting -= 1

    async def _start(self, key: str, slot: _Slot, crawl_delay: float, until: float) -> None:
        """Wait for the throttle in a loop: other answers may change it during the wait."""
        await slot.in_flight.acquire()
        try:
            while wait := throttle.wait(
                slot.throttle, self._politeness, self._clock(), crawl_delay
            ):
                if time.monotonic() + wait > until:
                    raise Deferred(key, wait)
                await asyncio.sleep(wait)
            slot.throttle = throttle.started(slot.throttle, self._clock())
        except BaseException:
            slot.in_flight.release()
            raise

    def _record_failure(self, slot: _Slot, failure: FetchFailed, start: float) -> None:
        now = self._clock()
        slot.throttle = throttle.answered(slot.throttle, now - start, ok=False)
        if failure.status in REFUSALS:
            slot.throttle = throttle.refused(
                slot.throttle, self._politeness, now, failure.retry_after
            )

    def _slot(self, key: str) -> _Slot:
        if key not in self._slots:
            if len(self._slots) >= MAX_SLOTS:
                self._drop_idle_slots()
            self._slots[key] = _Slot(self._politeness)
        return self._slots[key]

    def _drop_idle_slots(self) -> None:
        now = self._clock()
        self._slots = {
            key: slot
            for key, slot in self._slots.items()
            if slot.users or throttle.wait(slot.throttle, self._politeness, now)
        }


def slot_key(url: URL) -> str:
    """The registrable domain, so that all its hosts share a slot; without one, ``host:port``."""
    host = url.host_subcomponent or ""
    return _domain(host) or f"{host}:{url.port}"


@lru_cache(MAX_SLOTS)
def _domain(host: str) -> str | None:
    domain: str | None = get_tldinfo(f"http://{host}/")[1]
    return domain
