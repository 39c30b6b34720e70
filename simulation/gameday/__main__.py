"""``make gameday``: each fault, what was seen of it, and whether that was right.

``GAMEDAY_ON``: the deployments, of embedded and kafka; ``GAMEDAY_FAULTS``: the names of the faults,
separated by commas, which are played again; ``GAMEDAY_FACTOR``: by how much the rules are faster.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import pytest

from newsline.errors import OperatorError
from simulation.gameday.deployment import DEPLOYMENTS, JOBS
from simulation.gameday.expectations import expectations
from simulation.gameday.log_lines import log_lines
from simulation.gameday.play import GameDay, Limits
from simulation.gameday.result import Played, Result, played_again, read, result
from simulation.results import write

FACTOR = float(os.environ.get("GAMEDAY_FACTOR", "20"))
NAMES = os.environ.get("GAMEDAY_ON", ",".join(DEPLOYMENTS)).split(",")
FAULTS = [fault for fault in os.environ.get("GAMEDAY_FAULTS", "").split(",") if fault]
LIMITS = Limits()
RESULTS = Path("data/gameday")


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # unmount the disks
    wrong = []
    for name in NAMES:
        with tempfile.TemporaryDirectory(prefix="newsline-gameday-") as directory:
            done = gameday(name, Path(directory), FAULTS)
            _keep_logs(Path(directory))
        wrong += done.wrong()
        file = RESULTS / f"{name}.json"
        write(file, played_again(read(file), done) if FAULTS and file.exists() else done)
    if wrong:
        sys.exit("\n".join(wrong))


def gameday(
    name: str,
    directory: Path,
    names: list[str],
    *,
    limits: Limits = LIMITS,
) -> Result:
    """``names``: of the faults; none: all."""
    began = time.monotonic()
    playing = GameDay(name, directory, FACTOR, limits)
    played = []
    for each in playing.play([one for one in expectations() if not names or one.fault in names]):
        played.append(each)
        _tell(name, each)
    lines = log_lines(log for process in JOBS for log in directory.glob(f"{name}-*/{process}.log"))
    return result(name, FACTOR, time.monotonic() - began, played, playing.left_out, lines)


def _tell(name: str, played: Played) -> None:
    """What was wrong, and all that was seen, in time."""
    wrong = list(played.wrong())
    print(f"{name}: {played.fault}: {'; '.join(wrong) or 'as expected'}", flush=True)
    if wrong:
        print(*(f"    {line}" for line in played.seen), sep="\n", flush=True)


def _keep_logs(directory: Path) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    for log in directory.glob("*/*.log"):
        shutil.copy(log, RESULTS / f"{log.parent.name}-{log.name}")


if __name__ == "__main__":
    try:
        main()
    except (pytest.skip.Exception, OperatorError) as error:
        sys.exit(str(error))
