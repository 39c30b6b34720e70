"""The wall clock of one process, which can be stepped while it runs.

libfaketime 0.9.10 cannot do this: with the monotonic clock left alone, each sleep after a step
fails with EINVAL. step_clock.c replaces the three calls that read the wall clock, and nothing else.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from functools import cache
from pathlib import Path

from deploy.local import downloads

SOURCE = Path(__file__).with_name("step_clock.c")


class SteppedClock:
    """``environment``: what a process and its children get to run by this clock; needs a C
    compiler."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.step(0)
        self.environment = {"LD_PRELOAD": str(_library()), "SOAK_CLOCK": str(file)}

    def step(self, seconds: int) -> None:
        """Set it ``seconds`` ahead of the machine's clock; below 0: behind."""
        with self._file.open("r+b" if self._file.exists() else "wb", buffering=0) as file:
            file.write(struct.pack("q", seconds))


def can_step() -> bool:
    return shutil.which("cc") is not None


@cache
def _library() -> Path:
    def build(to: Path) -> None:
        library = to / "step_clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, SOURCE], check=True)

    return downloads.cached(downloads.CACHE / "clock", SOURCE.read_bytes(), build) / "step_clock.so"
