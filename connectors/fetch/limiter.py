"""Waiting for one's turn: at a host, as its pace has it, and then for a seat among all requests."""

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
from connectors.fetch.throttle import Manners, Pace
from newsline.clock import Clock

AT_ONCE = 100
"""Over all hosts: a feed may link to thousands of them. Polls are not counted: their number is
limited where they start, and a hundred that hang would hold every seat."""

SLOW = 5.0
SLOW_AT_ONCE = 50
"""Hosts whose answers take longer, or do not come, have seats of their own: else a hundred that
hang would hold everybody's, each for as long as a fetch may take."""

HOSTS_KEPT = 10_000
REFUSALS = (429, 503)


class _Host:
    def __init__(self, manners: Manners) -> None:
        self.pace = Pace()
        self.door = asyncio.Lock()
        self.seats = asyncio.Semaphore(manners.at_once)
        self.waiting = 0
        self.users = 0


class Seats:
    """Every request waits here until its host has room for it, and then until there is a seat."""

    def __init__(self, manners: Manners, clock: Clock = time.monotonic) -> None:
        self._manners = manners
        self._clock = clock
        self._hosts: dict[str, _Host] = {}
        self._quick = asyncio.Semaphore(AT_ONCE)
        self._slow = asyncio.Semaphore(SLOW_AT_ONCE)

    @asynccontextmanager
    async def take(
        self, url: URL, crawl_delay: float = 0.0, *, poll: bool = False
    ) -> AsyncIterator[None]:
        """A seat for the time of the block; its FetchFailed tells how the host has answered.

        A ``poll`` needs none but its host's. Raises Deferred where the turn is further off than
        anybody waits.
        """
        name = budget(url)
        host = self._host(name)
        host.users += 1
        try:
            await self._turn(name, host, crawl_delay)
            try:
                async with nullcontext() if poll else self._everybodys(host):
                    start = self._clock()
                    try:
                        yield
                    except FetchFailed as failure:
                        self._failed(host, failure, start)
                        raise
                    answer_time = self._clock() - start
                    host.pace = throttle.answered(host.pace, answer_time, well=True)
            finally:
                host.seats.release()
        finally:
            host.users -= 1

    def _everybodys(self, host: _Host) -> asyncio.Semaphore:
        return self._slow if host.pace.answer_time > SLOW else self._quick

    async def _turn(self, name: str, host: _Host, crawl_delay: float) -> None:
        """Return with one of the host's seats, at the moment when the request may start."""
        wait = throttle.wait(host.pace, self._manners, self._clock(), crawl_delay)
        if not (wait or host.waiting or host.seats.locked()):
            return await self._start(name, host, crawl_delay, math.inf)
        wait += host.waiting * throttle.gap(host.pace, self._manners, crawl_delay)
        if wait > self._manners.patience:
            raise Deferred(name, wait)
        host.waiting += 1
        try:
            async with asyncio.timeout(self._manners.patience) as patience, host.door:
                await self._start(name, host, crawl_delay, patience.when() or 0.0)
        except TimeoutError as error:
            raise Deferred(name, max(wait, self._manners.gap)) from error
        finally:
            host.waiting -= 1

    async def _start(self, name: str, host: _Host, crawl_delay: float, until: float) -> None:
        """The pace may change while one waits: it is looked at again before the start."""
        await host.seats.acquire()
        try:
            while wait := throttle.wait(host.pace, self._manners, self._clock(), crawl_delay):
                if time.monotonic() + wait > until:
                    raise Deferred(name, wait)
                await asyncio.sleep(wait)
            host.pace = throttle.started(host.pace, self._clock())
        except BaseException:
            host.seats.release()
            raise

    def _failed(self, host: _Host, failure: FetchFailed, start: float) -> None:
        """Tell the host's pace what came of a request, and how long it took."""
        now = self._clock()
        host.pace = throttle.answered(host.pace, now - start, well=False)
        if failure.status in REFUSALS:
            host.pace = throttle.refused(host.pace, self._manners, now, failure.retry_after)

    def _host(self, name: str) -> _Host:
        if name not in self._hosts:
            if len(self._hosts) >= HOSTS_KEPT:
                self._forget_idle()
            self._hosts[name] = _Host(self._manners)
        return self._hosts[name]

    def _forget_idle(self) -> None:
        now = self._clock()
        self._hosts = {
            name: host
            for name, host in self._hosts.items()
            if host.users or throttle.wait(host.pace, self._manners, now)
        }


def budget(url: URL) -> str:
    """Whose budget a request is on: the registrable domain's; without one, host:port's."""
    host = url.host_subcomponent or ""
    return _domain(host) or f"{host}:{url.port}"


@lru_cache(HOSTS_KEPT)
def _domain(host: str) -> str | None:
    domain: str | None = get_tldinfo(f"http://{host}/")[1]
    return domain
