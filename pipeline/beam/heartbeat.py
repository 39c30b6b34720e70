"""Liveness of this process's job: each round of reading is a beat.

A round comes several times a second whether or not articles are finished, since it waits for none
longer than 0.25 s. So a missing beat means a job that hangs, in a read or in a commit; a slow
article is the deadline's business.
"""

from __future__ import annotations

import time

STUCK_AFTER = 300.0
"""Seconds without a round."""


class Heartbeat:
    """The time since the last round."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def beat(self) -> None:
        self._last = time.monotonic()

    def silence(self) -> float:
        """Seconds since the last round."""
        return time.monotonic() - self._last

    def stuck(self) -> str | None:
        """The reason why the job is stuck; None if the last beat is at most 300 s old."""
        silent = self.silence()
        return f"the job has not moved for {silent:.0f} s" if silent > STUCK_AFTER else None
