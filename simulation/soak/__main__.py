"""``make soak``: a thousand random faults, and the account at the end.

``SOAK_ON``: the deployments, of embedded, direct and flink; ``SOAK_FAULTS``: the number of faults
on all together; ``SOAK_SECONDS``: the longest time for each; ``SOAK_SEED`` repeats the faults.
``SOAK_KINDS``: the kind of each fault instead, separated by commas. ``SOAK_RECOVERY``: seconds
after which what has not recovered is stuck.
"""

from __future__ import annotations

import faulthandler
import math
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from newsline.errors import OperatorError
from simulation.results import write
from simulation.soak.deployment import DEPLOYMENTS, FEEDS, open_deployment
from simulation.soak.newsroom import Newsroom
from simulation.soak.result import Result, result
from simulation.soak.rounds import Limits, Soak

FAULTS = int(os.environ.get("SOAK_FAULTS", "1000"))
SECONDS = float(os.environ.get("SOAK_SECONDS", "inf"))
SEED = int(os.environ.get("SOAK_SEED") or random.randrange(2**32))
NAMES = os.environ.get("SOAK_ON", ",".join(DEPLOYMENTS)).split(",")
RECOVERY = float(os.environ.get("SOAK_RECOVERY", "300"))
KINDS = [kind for kind in os.environ.get("SOAK_KINDS", "").split(",") if kind]
RESULTS = Path("data/soak")


def main() -> None:
    print(f"seed {SEED}", flush=True)
    faulthandler.register(signal.SIGUSR1)  # where it waits
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # unmount the disks
    wrong = []
    for name in NAMES:
        with tempfile.TemporaryDirectory(prefix="newsline-soak-") as directory:
            faults = KINDS or FAULTS // len(NAMES)
            done = soak(name, Path(directory), SEED, faults, seconds=SECONDS, recovery=RECOVERY)
        write(RESULTS / f"{name}.json", done)
        wrong += [f"{name}: {each}" for each in done.faults()]
        print(f"{name}: {len(done.rounds)} faults, {done.raw} records", flush=True)
    if wrong:
        sys.exit("\n".join(wrong))


def soak(
    name: str,
    directory: Path,
    seed: int,
    faults: int | Sequence[str],
    *,
    seconds: float = math.inf,
    hold: float = Limits().hold,
    recovery: float = Limits().recovery,
) -> Result:
    """``faults``: how many, or the kind of each; those that this machine cannot have are left
    out."""
    chance = random.Random(f"{seed} {name}")
    newsroom = Newsroom(random.Random(f"{seed} {name} stories"), FEEDS)
    began = time.monotonic()
    with open_deployment(name, directory, newsroom) as deployment:
        playing = Soak(deployment, chance, Limits(hold, recovery))
        playing.begin()
        kinds = playing.kinds(faults) if isinstance(faults, int) else playing.possible(faults)
        broken = ""
        try:
            for played in playing.play(kinds, began + seconds):
                at = time.monotonic() - began
                print(f": recovered after {played.recovered:.1f} s, at {at:.0f} s {played.stuck}")
            playing.end()
        except (OperatorError, OSError, subprocess.SubprocessError) as error:
            broken = f"the soak ended early: {error!r}"
        return result(name, seed, time.monotonic() - began, deployment, playing, broken)


if __name__ == "__main__":
    main()
