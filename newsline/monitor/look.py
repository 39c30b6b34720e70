"""A source that is read again and again in a thread of its own, so that one that hangs stops no
other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from newsline.errors import OperatorError
from newsline.monitor.snapshot import STALE_SECONDS

INTERVAL = 2.0

HANGS_SECONDS = 10.0
"""Time after which a read without an answer is a problem."""

Reading = TypeVar("Reading")


class Look(Generic[Reading]):
    """Reads a source every ``interval`` seconds until :meth:`end`."""

    def __init__(self, name: str, read: Callable[[], Reading], interval: float = INTERVAL) -> None:
        self.name = name
        self._read = read
        self._interval = interval
        self._ended = threading.Event()
        self._reading: Reading | None = None
        self._error: str | None = None
        self._begun: float | None = None  # of the read in progress
        self._created = time.monotonic()
        self._read_at: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"look-{name}", daemon=True)

    def start(self) -> None:
        """Begin. The thread ends with the process at the latest."""
        self._thread.start()

    def end(self) -> None:
        """Stop reading. Does not wait for a read that hangs."""
        self._ended.set()

    @property
    def age(self) -> float | None:
        """Seconds since the last answer; None before the first."""
        return None if self._read_at is None else time.monotonic() - self._read_at

    def fresh(self) -> Reading | None:
        """The last reading; None if it is older than STALE_SECONDS."""
        age = self.age
        return self._reading if age is not None and age < STALE_SECONDS else None

    def problem(self) -> str | None:
        """The last read's error, or that it hangs; None if it has answered."""
        begun = self._begun
        if begun is not None and time.monotonic() - begun > HANGS_SECONDS:
            return self._error or f"no answer in {HANGS_SECONDS:.0f} s"
        return self._error

    def problem_seconds(self) -> float:
        """Time since the last answer, or since the start."""
        age = self.age
        return time.monotonic() - self._created if age is None else age

    def _run(self) -> None:
        while not self._ended.is_set():
            self._begun = time.monotonic()
            try:
                reading = self._read()
            except OperatorError as error:
                self._error = str(error)
            except Exception as error:  # a fault of ours is a figure that is unknown, no silence
                self._error = f"{type(error).__name__}: {error}"
            else:
                self._reading, self._error = reading, None
                self._read_at = time.monotonic()
            self._begun = None
            self._ended.wait(self._interval)
