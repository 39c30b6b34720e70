"""What ``newsline run`` says while it goes on."""

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
    """While the block runs, show the counters whenever they have moved, at most once a second: in
    one line that changes on a terminal, else in a line each time."""
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
    started, said = time.monotonic(), ""
    while True:
        await asyncio.sleep(INTERVAL)
        line = progress(live_page.flow(), time.monotonic() - started)
        if line != said:
            show(line)
            said = line


def report() -> None:
    """Say where every entry went: the outcomes add up to the entries seen."""
    for step in live_page.steps(live_page.flow()):
        parts = ", ".join(f"{label} {count:.0f}" for label, count in step.parts.items())
        print(f"{step.name:>16} {step.value:>8.0f}  {parts}".rstrip())


def progress(flow: live_page.Flow, seconds: float) -> str:
    """The counters in one line. Pure."""
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
