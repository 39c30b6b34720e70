"""Commands with their options, and environment variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer.main

from connectors.state import password
from newsline.announce import PARENT
from newsline.broker.kafka import security
from newsline.cli import app
from tools.reference.blocks import Blocks, table

OPTION = ("Option", "Environment variable", "Default", "Meaning")


def commands() -> Iterator[tuple[str, Any]]:
    """(``newsline feeds check``, its Click command) of the whole tree, the root first."""
    yield from _walk("newsline", typer.main.get_command(app))


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for word, inner in getattr(command, "commands", {}).items():
        yield from _walk(f"{name} {word}", inner)


def _sections() -> str:
    return "\n\n".join(_section(name, command) for name, command in commands())


def _section(name: str, command: Any) -> str:
    parts = [f"## {name}", _prose(command.help or "")]
    rows = [_row(parameter) for parameter in _parameters(command)]
    if rows:
        parts.append(table(OPTION, rows))
    return "\n\n".join(parts)


def _prose(text: str) -> str:
    """Paragraphs, each on one line."""
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


def _parameters(command: Any) -> Iterator[Any]:
    yield from (each for each in command.params if each.name != "help")


def _row(parameter: Any) -> tuple[str, str, str, str]:
    variable = f"`{parameter.envvar}`" if parameter.envvar else ""
    return _name(parameter), variable, _default(parameter), _meaning(parameter)


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.metavar}`"
    flag = max(parameter.opts, key=len)
    return f"`{flag}`" if parameter.is_flag else f"`{flag} {parameter.metavar}`"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    if getattr(parameter, "is_flag", False):
        return "off"
    if isinstance(parameter.show_default, str):
        return parameter.show_default
    default = getattr(parameter.default, "value", parameter.default)
    return "" if default in (None, "") else f"`{default}`"


def _meaning(parameter: Any) -> str:
    text = str(parameter.help or "").removesuffix("[off]").strip()
    values = [f"`{value}`" for value in _values(parameter)]
    return f"{text} One of {', '.join(values)}." if values else text


def _values(parameter: Any) -> Iterator[str]:
    """Of an option whose values are an enumeration."""
    yield from getattr(parameter.type, "choices", ())


def _environment() -> str:
    flags: dict[str, tuple[set[str], list[str], str]] = {}
    for name, command in commands():
        for parameter in _parameters(command):
            if parameter.envvar:
                names, used, _ = flags.setdefault(
                    parameter.envvar, (set(), [], _meaning(parameter))
                )
                names.add(_name(parameter).split(" ")[0].strip("`"))
                used.append(name.removeprefix("newsline").strip() or "all")
    rows = [
        (f"`{variable}`", ", ".join(f"`{name}`" for name in sorted(names)), ", ".join(used), text)
        for variable, (names, used, text) in sorted(flags.items())
    ]
    meaning = "Set by `newsline run` for its processes; not for operators."
    rows.append((f"`{PARENT}`", "", "poll, enrich", meaning))
    return table(("Variable", "Option", "Commands", "Meaning"), rows)


def _kafka() -> str:
    rows = [(f"`{name}`", meaning) for name, meaning in security.VARIABLES.items()]
    return table(("Variable", "Meaning"), rows)


def _state() -> str:
    return table(("Variable", "Meaning"), [(f"`{password.PASSWORD_FILE}`", password.MEANING)])


BLOCKS: Blocks = {
    "commands": _sections,
    "environment": _environment,
    "kafka-variables": _kafka,
    "state-variables": _state,
}
