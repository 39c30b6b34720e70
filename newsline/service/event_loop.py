"""The event loop of a long-running process."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


class _Unjoined(ThreadPoolExecutor):
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=cancel_futures)


def run(main: Coroutine[Any, Any, None]) -> None:
    """Like asyncio.run(), which waits for threads of asyncio.to_thread() without limit."""

    async def leaving_threads_behind() -> None:
        asyncio.get_running_loop().set_default_executor(_Unjoined())
        await main

    asyncio.run(leaving_threads_behind())
