"""The page kept current for all its readers together, and only while there are any."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from newsline.broker import BrokerError
from newsline.monitor.snapshot import (
    STALE_SECONDS,
    Condition,
    Series,
    Snapshot,
    Status,
    Verdict,
)
from newsline.page.document import Shown, shown
from newsline.page.recent import RecentReader

EACH_SECONDS = 1.0
"""The page is made at most once in this time, however many readers it has."""

WAIT_SECONDS = 1.0
"""For a reading in progress: afterwards the page is made of what was read before."""

Kind = TypeVar("Kind")


class Refreshed(Generic[Kind]):
    """A value that a blocking function reads, one call at a time."""

    def __init__(self, read: Callable[[], Kind]) -> None:
        self._read = read
        self._value: Kind | None = None
        self._at = 0.0
        self._reading: asyncio.Task[None] | None = None

    async def get(self) -> Kind | None:
        """The value now, or the last one; None if that is older than STALE_SECONDS."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._refresh())
        await asyncio.wait({self._reading}, timeout=WAIT_SECONDS)
        return self._value if time.monotonic() - self._at < STALE_SECONDS else None

    async def _refresh(self) -> None:
        began = time.monotonic()
        try:
            self._value = await asyncio.to_thread(self._read)
        except BrokerError:  # the verdict tells it
            return
        except Exception:  # a fault of ours: the figures become unknown, the page remains
            logging.getLogger("newsline.page").exception("a reading for the page")
            return
        self._at = began


class LivePage:
    """Makes the page of the status and of the newest records."""

    def __init__(self, status: Callable[[], Status], recent: RecentReader) -> None:
        self._status = Refreshed(status)
        self._recent = Refreshed(recent.read)
        self._making = asyncio.Lock()
        self._made: Shown | None = None
        self._made_at = 0.0
        self._told = 0.0
        self._told_at = 0.0

    async def now(self) -> Shown:
        """The page, at most EACH_SECONDS old."""
        async with self._making:
            if self._made is None or time.monotonic() - self._made_at > EACH_SECONDS:
                status, recent = await asyncio.gather(self._status.get(), self._recent.get())
                self._made = await asyncio.to_thread(shown, self._current(status), recent)
                self._made_at = time.monotonic()
            return self._made

    def _current(self, status: Status | None) -> Status:
        """The status, unless its figures have not moved on for STALE_SECONDS."""
        if status is None:
            return unknown("The monitor of this process does not answer")
        if status.snapshot.at != self._told:
            self._told, self._told_at = status.snapshot.at, time.monotonic()
        if time.monotonic() - self._told_at > STALE_SECONDS:
            return unknown("The monitor of this process has stopped")
        return status


def unknown(why: str) -> Status:
    """The status of which nothing is known."""
    now = time.time()
    return Status(
        verdict=Verdict(condition=Condition.UNKNOWN, sentence=why),
        snapshot=Snapshot(
            at=now,
            watched_seconds=0.0,
            broker=None,
            broker_problem=None,
            dead_letters=None,
            feeds=None,
            connector_silent_seconds=0.0,
            state_problem=None,
            has_state=True,
            disks=None,
            windows=(),
            publish_age=None,
            enrich_delay=None,
        ),
        series=Series(step=60.0, until=now),
    )
