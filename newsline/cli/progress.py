"""Progress lines of ``newsline run``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from functools import partial

from rich.console import Console

from newsline.service import live_page

INTERVAL = 1.0


@asynccontextmanager
async def following() -> AsyncIterator[None]:
    """Show the counters while the block runs, at most once per second and if they have changed: on
    a terminal in one line that is updated, otherwise in a new line each time."""
    console = Console()
    with ExitStack() as stack:
        show: Callable[[str], object] = partial(print, flush=True)
        if console.is_terminal:
            show = stack.enter_context(console.status("starting")).update
        task = asyncio.create_task(_follow(show))
        try:
            yield
        finally:
            task.cancel()


async def _follow(show: Callable[[str], object]) -> None:
    started, shown = time.monotonic(), ""
    while True:
        await asyncio.sleep(INTERVAL)
        line = progress(live_page.flow(), time.monotonic() - started)
        if line != shown:
            show(line)
            shown = line


def report() -> None:
    """Print the counters by outcome; those of entries add up to the entries seen."""
    for step in live_page.steps(live_page.flow()):
        parts = ", ".join(f"{label} {count:.0f}" for label, count in step.parts.items())
        print(f"{step.name:>16} {step.value:>8.0f}  {parts}".rstrip())


def progress(flow: live_page.Flow, seconds: float) -> str:
    """Format the counters in one line. Pure."""
    numbers = {
        "feeds polled": flow.polls,
        "pages fetched": flow.pages,
        "published": flow.published,
        "enriched": flow.enriched,
        "dead letters": flow.dead_letters,
    }
    counts = " · ".join(f"{sum(values.values()):.0f} {name}" for name, values in numbers.items())
    rate = sum(flow.enriched.values()) / seconds
    return f"{counts} · {rate:.1f} articles/s"
