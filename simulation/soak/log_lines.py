"""The lines that newsline's processes have written, compared with the known ones."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("known_lines.toml")


class Known(NamedTuple):
    """``ends``: a process may end with it."""

    name: str
    pattern: re.Pattern[str]
    ends: bool


class Lines(NamedTuple):
    """Lines by the name of the known line, and the others."""

    known: Counter[str]
    unknown: Counter[str]


def sort(lines: Iterable[str]) -> Lines:
    sorted_lines = Lines(Counter(), Counter())
    for line in filter(None, map(str.strip, lines)):
        if known := find(line):
            sorted_lines.known[known.name] += 1
        else:
            sorted_lines.unknown[line] += 1
    return sorted_lines


def find(line: str) -> Known | None:
    return next((known for known in _known() if known.pattern.search(line)), None)


@cache
def _known() -> list[Known]:
    tables = tomllib.loads(FILE.read_text())["line"]
    return [
        Known(table["name"], re.compile(table["pattern"]), table.get("ends", False))
        for table in tables
    ]
