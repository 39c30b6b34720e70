"""The lines that newsline's processes have written, compared with the known ones."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("known_lines.toml")

TRACEBACK = "Traceback (most recent call last):"
EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(:|$)")
CHAINED = (
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
)


class Known(NamedTuple):
    """``ends``: a process may end with it. ``process``: the only one that may write it."""

    name: str
    pattern: re.Pattern[str]
    ends: bool
    process: str


class Lines(NamedTuple):
    """Lines by the name of the known line, and the others."""

    known: Counter[str]
    unknown: Counter[str]


def sort(logs: Mapping[str, str]) -> Lines:
    """The lines of each process's log."""
    lines = Lines(Counter(), Counter())
    for process, log in logs.items():
        for line in _folded(log):
            if known := find(process, line):
                lines.known[known.name] += 1
            else:
                lines.unknown[f"{process}: {line}"] += 1
    return lines


def find(process: str, line: str) -> Known | None:
    for known in _known():
        if known.process in ("", process) and known.pattern.search(line):
            return known
    return None


def _folded(log: str) -> Iterator[str]:
    """Without empty lines; a traceback is one line with its exception."""
    inside = False
    for line in log.splitlines():
        if line.strip() == TRACEBACK:
            inside = True
        elif not inside:
            if line.strip() and line not in CHAINED:
                yield line.strip()
        elif EXCEPTION.match(line):
            inside = False
            yield f"Traceback: {line}"
        elif line and not line[0].isspace():  # of another thread
            yield line.strip()
    if inside:
        yield TRACEBACK


@cache
def _known() -> list[Known]:
    tables = tomllib.loads(FILE.read_text())["line"]
    return [
        Known(
            table["name"],
            re.compile(table["pattern"]),
            table.get("ends", False),
            table.get("process", ""),
        )
        for table in tables
    ]
