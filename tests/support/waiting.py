"""Wait for a condition in a coroutine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def eventually(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Return when the condition holds. Raises TimeoutError if it does not in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - conditions without an event
            await asyncio.sleep(0.01)
