"""The newsline command as a process, as an operator runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

PATIENCE = 600.0
"""Seconds. How long a test waits for what must come: a machine may be several times slower than
another, and with one that is busy besides, a job on Flink took two minutes to begin."""


class Command:
    """``newsline ARGUMENTS``, its output in a file; ended, if need be, at the end of the block."""

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
        """What a supervisor does: start it again where it has ended as its broker was too slow."""
        if self.process.poll() == 1 and "does not answer" in self.output().splitlines()[-1]:
            self.start()

    def kill(self) -> None:
        """kill -9, and wait for it."""
        self.process.kill()
        self.process.wait()

    def terminate(self, seconds: float = PATIENCE) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds: float = PATIENCE) -> int:
        """Its end by itself, and the exit code."""
        return self.process.wait(seconds)

    def tell(self) -> None:
        """Print how it is and what it has said at last."""
        print(f"{' '.join(self._arguments)}: {self.process.poll()}\n{self.output()[-4_000:]}")

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def __exit__(self, *exc_info: object) -> None:
        if exc_info[0]:
            self.tell()
        if self.process.poll() is None:
            self.kill()


def newsline(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    """Run ``newsline ARGUMENTS`` to its end, with its output as text."""
    return subprocess.run(
        [sys.executable, "-m", "newsline", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=os.environ | environment,
        check=False,
    )


def until(
    condition: Callable[[], bool],
    what: str = "it",
    *,
    seconds: float = PATIENCE,
    every: float = 0.05,
) -> None:
    """Return when the condition holds; fail the test when it does not within the time.

    ``seconds`` is for what newsline promises to do in time, and for nothing else. ``every``:
    seconds between two looks, for a look that costs the broker something.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(every)


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in listed for child in file.read_text().split()]
