"""A file of started processes, so that a later command can end them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

STOP_SECONDS = 30.0


class StartedProcess(NamedTuple):
    """A started process. ``born`` distinguishes it from a later process with its PID."""

    name: str
    log: str
    pid: int
    born: str
    command: list[str]

    def runs(self) -> bool:
        return born(self.pid) == self.born


class PidFile:
    """The processes in order of their start, and their addresses, in ``file``."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read()

    def _read(self) -> None:
        there = self._file.exists()
        kept = json.loads(self._file.read_text()) if there else {"processes": [], "addresses": {}}
        self.entries = [StartedProcess(*entry) for entry in kept["processes"]]
        self.addresses: dict[str, str] = kept["addresses"]

    def add(self, name: str, log: Path, pid: int, command: Sequence[str]) -> None:
        """Add the process; it takes the place of an ended one of the same name."""
        started = StartedProcess(name, str(log), pid, born(pid), list(command))
        places = {entry.name: n for n, entry in enumerate(self.entries)}
        if name in places:
            self.entries[places[name]] = started
        else:
            self.entries.append(started)
        self._write()

    def complete(self, addresses: dict[str, str]) -> None:
        """Store the addresses after the last start. Without them, the start was interrupted."""
        self.addresses = addresses
        self._write()

    def running(self) -> list[StartedProcess]:
        return [entry for entry in self.entries if entry.runs()]

    def end(self) -> None:
        """End the running processes, the last one first, and delete the file.

        The file is read again after each: the keeper, which is the last, may have added one.
        """
        while running := self.running():
            _end(running[-1])
            self._read()
        self.entries, self.addresses = [], {}
        self._file.unlink(missing_ok=True)

    def _write(self) -> None:
        """Write the file atomically."""
        written = self._file.with_suffix(".new")
        written.write_text(
            json.dumps({"processes": self.entries, "addresses": self.addresses}, indent=1)
        )
        written.replace(self._file)


def _end(entry: StartedProcess) -> None:
    end(entry.pid, entry.runs)
    with suppress(ProcessLookupError):
        os.killpg(entry.pid, signal.SIGKILL)  # other processes of its session


def end(pid: int, runs: Callable[[], bool]) -> None:
    """Send SIGTERM, also to a paused process; after STOP_SECONDS, SIGKILL."""
    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGCONT)
    deadline = time.monotonic() + STOP_SECONDS
    while runs():
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def born(pid: int) -> str:
    """The time at which the process was started, as text; "" if it has ended."""
    if not Path("/proc/self/stat").exists():  # not Linux
        command = ["ps", "-o", "lstart=", "-p", str(pid)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    fields = stat.rpartition(")")[2].split()
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return "" if fields[0] == "Z" else f"{fields[19]} ticks after boot {boot}"
