"""Recognises steps of the clock against the monotonic one."""

from __future__ import annotations

from collections import deque

STEP_SECONDS = 5.0
"""A smaller difference between two looks is the clock's adjustment, or a busy machine."""

REMEMBERED_SECONDS = 3_600.0


class ClockSteps:
    """The steps of the last hour."""

    def __init__(self) -> None:
        self._offset: float | None = None
        self._steps: deque[tuple[float, float]] = deque()

    def note(self, wall: float, monotonic: float) -> float:
        """Compare both clocks. Returns the sum of the steps of the last hour in seconds."""
        offset = wall - monotonic
        if self._offset is not None and abs(offset - self._offset) >= STEP_SECONDS:
            self._steps.append((monotonic, offset - self._offset))
        self._offset = offset
        while self._steps and monotonic - self._steps[0][0] > REMEMBERED_SECONDS:
            self._steps.popleft()
        return sum(step for _, step in self._steps)
