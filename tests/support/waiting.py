"""Wait for a condition, in a coroutine or a thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


async def eventually(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Return when the condition holds. Raises TimeoutError if it does not in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - conditions without an event
            await asyncio.sleep(0.01)


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Return when the condition holds. Raises TimeoutError if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not in {seconds:g} s")
        time.sleep(0.01)
