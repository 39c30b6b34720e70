"""All commands of newsline, as their users see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main

from newsline.cli import app


def commands() -> Iterator[tuple[str, Any]]:
    """(``newsline feeds check``, its command) of the whole tree, the root first."""
    yield from _walk("newsline", typer.main.get_command(app))


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for word, inner in getattr(command, "commands", {}).items():
        yield from _walk(f"{name} {word}", inner)


def parameters() -> Iterator[tuple[str, Any]]:
    """(command, parameter) of all options and arguments but ``--help``."""
    for name, command in commands():
        for parameter in command.params:
            if parameter.name != "help":
                yield name, parameter
