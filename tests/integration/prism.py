"""Beam's Prism runner, built from its source by Go, in the version of our Beam."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

import pytest

from deploy.local.parts import CACHE

PACKAGE = "github.com/apache/beam/sdks/v2/go/cmd/prism"


def binary() -> Path:
    """Its path; built at the first call. Skips the test, or fails it in CI, where Go is missing."""
    complete = CACHE / "prism" / version("apache-beam") / "prism"
    if not complete.exists():
        if shutil.which("go") is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("Go is missing")
        complete.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            command = ["go", "install", "-modcacherw", f"{PACKAGE}@v{version('apache-beam')}"]
            subprocess.run(
                command, env=os.environ | {"GOPATH": scratch, "GOBIN": scratch}, check=True
            )
            (Path(scratch) / "prism").rename(complete)
    return complete
