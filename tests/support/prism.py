"""Beam's Prism runner, built from its source by Go, in the version of our Beam."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from tests.support import go

PACKAGE = "github.com/apache/beam/sdks/v2/go/cmd/prism"


def binary() -> Path:
    """Its path; built at the first call."""
    return go.program(f"{PACKAGE}@v{version('apache-beam')}")
