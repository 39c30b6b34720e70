"""The newsline command as a process."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

PATIENCE = 600.0
"""Seconds that a test waits for an event: a job on Flink took two minutes to start on a busy
machine, and other machines are several times slower."""


class Command:
    """Runs ``newsline ARGUMENTS`` with its output in a file; ends it at the end of the block."""

    def __init__(self, log: Path, *arguments: str, **environment: str) -> None:
        self.log = log
        self._arguments = arguments
        self._environment = environment

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "newsline", *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | self._environment,
            )

    def revive(self) -> None:
        """Start it again, as a supervisor does, if it has ended because the broker was too slow."""
        if self.process.poll() == 1 and "does not answer" in self.output().splitlines()[-1]:
            self.start()

    def kill(self) -> None:
        """Kill it by SIGKILL and wait for its end."""
        self.process.kill()
        self.process.wait()

    def terminate(self, seconds: float = PATIENCE) -> int:
        """Send SIGTERM. Returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds: float = PATIENCE) -> int:
        """Wait for its end. Returns the exit code."""
        return self.process.wait(seconds)

    def tell(self) -> None:
        """Print its exit code and its last output."""
        print(f"{' '.join(self._arguments)}: {self.process.poll()}\n{self.output()[-4_000:]}")

    def output(self) -> str:
        """Its output, without the times of its lines."""
        return without_times(self.log.read_text(errors="replace"))

    def __exit__(self, *exc_info: object) -> None:
        if exc_info[0]:
            self.tell()
        if self.process.poll() is None:
            self.kill()


def without_times(text: str) -> str:
    """The lines of a log without their times."""
    return re.sub(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ", "", text, flags=re.MULTILINE)


def newsline(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run ``newsline ARGUMENTS`` to its end. Returns its output as text, without times."""
    done = subprocess.run(
        [sys.executable, "-m", "newsline", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=os.environ | environment,
        check=False,
    )
    done.stderr = without_times(done.stderr)
    return done


def until(
    condition: Callable[[], bool],
    what: str = "it",
    *,
    seconds: float = PATIENCE,
    every: float = 0.05,
) -> None:
    """Return when the condition holds; fail the test if it does not in time.

    Give ``seconds`` only for time limits that newsline promises. ``every``: seconds between two
    evaluations, for a condition that is expensive for the broker.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(every)


def children(pid: int) -> list[int]:
    """The running child processes of a process."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in listed for child in file.read_text().split()]
