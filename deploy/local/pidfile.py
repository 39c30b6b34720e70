"""What outlives the command that started it, written down so that another command can end it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

STOP_SECONDS = 30.0


class Entry(NamedTuple):
    """A process that was started. ``born`` tells it from a later one with its pid."""

    name: str
    log: str
    pid: int
    born: str

    def runs(self) -> bool:
        return born(self.pid) == self.born


class Ledger:
    """The processes in the order of their start, and where they are reached, in ``file``."""

    def __init__(self, file: Path) -> None:
        self._file = file
        kept = json.loads(file.read_text()) if file.exists() else {"processes": [], "addresses": {}}
        self.entries = [Entry(*entry) for entry in kept["processes"]]
        self.addresses: dict[str, str] = kept["addresses"]

    def add(self, name: str, log: Path, pid: int) -> None:
        self.entries.append(Entry(name, str(log), pid, born(pid)))
        self._write()

    def complete(self, addresses: dict[str, str]) -> None:
        """All has been started. A ledger without addresses is of a start that was cut off."""
        self.addresses = addresses
        self._write()

    def running(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.runs()]

    def end(self) -> None:
        """End what still runs of it, the last one first, and forget it all."""
        for entry in reversed(self.running()):
            _end(entry)
        self.entries, self.addresses = [], {}
        self._file.unlink(missing_ok=True)

    def _write(self) -> None:
        """Whole or not at all."""
        written = self._file.with_suffix(".new")
        written.write_text(
            json.dumps({"processes": self.entries, "addresses": self.addresses}, indent=1)
        )
        written.replace(self._file)


def _end(entry: Entry) -> None:
    end(entry.pid, entry.runs)
    with suppress(ProcessLookupError):
        os.killpg(entry.pid, signal.SIGKILL)  # what it has left of its session


def end(pid: int, runs: Callable[[], bool]) -> None:
    """SIGTERM, which also one that is paused shall hear; SIGKILL where that does not help."""
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGCONT)
    deadline = time.monotonic() + STOP_SECONDS
    while runs():
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def born(pid: int) -> str:
    """When the process was started; "" where it has ended."""
    if not Path("/proc/self/stat").exists():  # no Linux
        command = ["ps", "-o", "lstart=", "-p", str(pid)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    fields = stat.rpartition(")")[2].split()
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return "" if fields[0] == "Z" else f"{fields[19]} ticks after boot {boot}"
