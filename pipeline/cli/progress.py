"""What ``newsline run`` says while it goes on."""

from __future__ import annotations

import asyncio
import time

from pipeline import page

INTERVAL = 1.0


async def follow() -> None:
    """Print a line whenever the counters have moved, at most once a second, until cancelled."""
    started, said = time.monotonic(), ""
    while True:
        await asyncio.sleep(INTERVAL)
        line = progress(page.flow(), time.monotonic() - started)
        if line != said:
            print(line, flush=True)
            said = line


def report() -> None:
    """Say where every entry went: the outcomes add up to the entries seen."""
    flow = page.flow()
    for step in page.steps(flow):
        print(f"{step.name:>16} {step.value:>8}  {step.detail}")


def progress(flow: page.Flow, seconds: float) -> str:
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
