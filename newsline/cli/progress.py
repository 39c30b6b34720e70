"""Progress lines of ``newsline run``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager

from rich.console import Console

from newsline import log_output
from newsline.announce import report as log
from newsline.log_lines import LogEvent, LogForm
from newsline.service import counters

INTERVAL = 1.0
"""Between two looks of a terminal's line."""

MINUTE = 60.0
"""Between two lines in a log."""


@asynccontextmanager
async def following() -> AsyncIterator[None]:
    """Show the counters while the block runs: on a terminal in one line that is updated, otherwise
    in a log line each minute."""
    console = Console()
    with ExitStack() as stack:
        if console.is_terminal and log_output.form() == LogForm.TEXT:
            show = stack.enter_context(console.status("starting")).update
            following = _follow(show, INTERVAL)
        else:
            following = _follow(lambda line: log(line, LogEvent.PROGRESS), MINUTE)
        task = asyncio.create_task(following)
        try:
            yield
        finally:
            task.cancel()


async def _follow(show: Callable[[str], object], interval: float) -> None:
    started = time.monotonic()
    while True:
        await asyncio.sleep(interval)
        show(progress(counters.flow(), time.monotonic() - started))


def report() -> None:
    """Print the counters by outcome; those of entries add up to the entries seen."""
    for step in counters.steps(counters.flow()):
        parts = ", ".join(f"{label} {count:.0f}" for label, count in step.parts.items())
        line = f"{step.name:>16} {step.value:>8.0f}  {parts}".rstrip()
        if log_output.form() == LogForm.JSON:
            log(" ".join(line.split()), LogEvent.PROGRESS)
        else:
            print(line)


def progress(flow: counters.Flow, seconds: float) -> str:
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
