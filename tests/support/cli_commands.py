"""All newsline commands and their parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tools.reference.cli import commands

__all__ = ["commands", "parameters"]


def parameters() -> Iterator[tuple[str, Any]]:
    """Yield (command, parameter) for all options and arguments but ``--help`` and ``--version``."""
    for name, command in commands():
        for parameter in command.params:
            if parameter.expose_value:
                yield name, parameter
