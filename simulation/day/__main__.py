"""``make day``: a day of a hundred sites, its account and its figures; DAY_SEED repeats one."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from simulation.day.account import table, wrong
from simulation.day.plan import plan
from simulation.day.run import live

SITES = 100
STORIES = 3_000


def main() -> None:
    seed = int(os.environ.get("DAY_SEED") or random.randrange(2**32))
    print(f"seed {seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        whole = plan(seed, sites=SITES, stories=STORIES, first_hour=0, hours=24)
        day = asyncio.run(live(whole, Path(directory), seed))
    Console(width=120).print(table(day))
    print(f"took {time.monotonic() - began:.0f} s")
    if faults := list(wrong(day)):
        sys.exit("\n".join(["the account is not exact:", *faults]))
    print("the account is exact")


if __name__ == "__main__":
    main()
