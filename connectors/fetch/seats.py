"""Politeness: how many requests at a time, to each host and in all, and how far apart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 100
"""Over all hosts: a feed may link to thousands of them."""

HOSTS_KEPT = 10_000


class _Host:
    """The seats of one host, and when the next request may start."""

    def __init__(self, seats: int) -> None:
        self.seats = asyncio.Semaphore(seats)
        self.next_start = 0.0
        self.users = 0


class Seats:
    """At most ``per_host`` requests to a host at a time, started ``gap`` seconds apart or more."""

    def __init__(self, per_host: int, gap: float) -> None:
        self._per_host = per_host
        self._gap = gap
        self._hosts: dict[str, _Host] = {}
        self._all = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def take(self, name: str) -> AsyncIterator[None]:
        """A seat at the host, by host:port, for the time of the block."""
        host = self._host(name)
        host.users += 1
        try:
            async with host.seats:
                await self._wait_for_turn(host)
                async with self._all:
                    yield
        finally:
            host.users -= 1

    async def _wait_for_turn(self, host: _Host) -> None:
        now = time.monotonic()
        start = max(now, host.next_start)
        host.next_start = start + self._gap
        if start > now:
            await asyncio.sleep(start - now)

    def _host(self, name: str) -> _Host:
        if name not in self._hosts:
            if len(self._hosts) >= HOSTS_KEPT:
                self._forget_idle()
            self._hosts[name] = _Host(self._per_host)
        return self._hosts[name]

    def _forget_idle(self) -> None:
        now = time.monotonic()
        self._hosts = {n: h for n, h in self._hosts.items() if h.users or h.next_start > now}
