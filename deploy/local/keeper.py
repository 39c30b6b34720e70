"""``python -m deploy.local.keeper CLUSTER.JSON``: start a cluster's ended processes again."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from deploy.local.pidfile import PidFile, StartedProcess
from deploy.local.process import Process

NAME = "keeper"
PAUSE_SECONDS = 1.0
MAX_DELAY_SECONDS = 60.0
"""A server that ends at each start costs seconds of CPU: the delay doubles, up to this."""


class Keeper:
    """Looks for ended processes in the PID file; ``now`` is a clock in seconds."""

    def __init__(self, file: Path, now: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._now = now
        self._delays: dict[str, float] = {}
        self._due: dict[str, float] = {}

    def look(self) -> list[str]:
        """Start the ended processes that are due. Returns their names."""
        pid_file = PidFile(self._file)
        ended = [entry for entry in pid_file.entries if entry.name != NAME and not entry.runs()]
        due = [entry for entry in ended if self._now() >= self._due.get(entry.name, 0.0)]
        for entry in due:
            self._start(entry, pid_file)
        return [entry.name for entry in due]

    def _start(self, entry: StartedProcess, pid_file: PidFile) -> None:
        ran = self._now() - self._due.get(entry.name, 0.0)
        doubled = min(self._delays.get(entry.name, PAUSE_SECONDS) * 2, MAX_DELAY_SECONDS)
        delay = PAUSE_SECONDS if ran > MAX_DELAY_SECONDS * 2 else doubled
        self._delays[entry.name] = delay
        self._due[entry.name] = self._now() + delay
        Process(entry.command, Path(entry.log), pid_file).start()


def main(file: Path) -> None:
    """Keep the processes until SIGTERM, or until the file is deleted."""
    keeper = Keeper(file)
    while file.exists():
        for name in keeper.look():
            print(f"{time.strftime('%FT%T')} {name} had ended: started again", flush=True)
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
