"""Programs in Go that tests use, built from their sources: pinned, once, into .cache/."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from deploy.local import downloads
from tests.support.missing import missing

ENVIRONMENT = {"GOGC": "800", "CGO_ENABLED": "0"}
"""The compiler's memory lasts a second or two: to collect it takes an eighth of its time."""

FLAGS = ("-gcflags=all=-N -l", "-ldflags=-s -w")
"""Neither optimized nor with symbols: Prism costs 84 s of CPU to build instead of 130."""


@cache
def program(package: str) -> Path:
    """What ``go install PACKAGE`` gives. The package says its version: ``…@v1.2.3``.

    Skips the test where Go is missing, or fails it there when ``CI=true``.
    """
    require()

    def build(to: Path) -> None:
        environment = os.environ | ENVIRONMENT | {"GOBIN": str(to)}
        subprocess.run(["go", "install", *FLAGS, package], env=environment, check=True)

    directory = downloads.cached(downloads.CACHE / "go", package.encode(), build)
    (built,) = (file for file in directory.iterdir() if file.name != downloads.SUMS)
    return built


def require() -> None:
    """Skips the test where Go is missing, or fails it there when ``CI=true``."""
    if shutil.which("go") is None:
        missing("Go is missing")
