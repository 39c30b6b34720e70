"""Programs in Go that tests use, built from their sources: pinned, once, into .cache/."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from deploy.local import parts


@cache
def program(package: str, *flags: str) -> Path:
    """What ``go install FLAGS PACKAGE`` gives. The package says its version: ``…@v1.2.3``.

    Skips the test where Go is missing, or fails it there when ``CI=true``.
    """
    require()

    def build(to: Path) -> None:
        # The compiler's memory lasts a second or two: collecting it takes an eighth of its time.
        environment = os.environ | {"GOGC": "800", "GOBIN": str(to)}
        subprocess.run(["go", "install", *flags, package], env=environment, check=True)

    directory = parts.part(parts.CACHE / "go", " ".join([package, *flags]).encode(), build)
    (built,) = (file for file in directory.iterdir() if file.name != parts.SUMS)
    return built


def require() -> None:
    """Skips the test where Go is missing, or fails it there when ``CI=true``."""
    if shutil.which("go") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("Go is missing")
