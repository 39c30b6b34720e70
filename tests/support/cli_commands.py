"""All newsline commands and their parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main

from newsline.cli import app


def commands() -> Iterator[tuple[str, Any]]:
    """Yield (``newsline feeds check``, its command) for the whole tree, the root first."""
    yield from _walk("newsline", typer.main.get_command(app))


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for word, inner in getattr(command, "commands", {}).items():
        yield from _walk(f"{name} {word}", inner)


def parameters() -> Iterator[tuple[str, Any]]:
    """Yield (command, parameter) for all options and arguments but ``--help`` and ``--version``."""
    for name, command in commands():
        for parameter in command.params:
            if not parameter.is_eager:
                yield name, parameter
