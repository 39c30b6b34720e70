"""A benchmark's results as a table, as JSON and as an exit code."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple, NoReturn

from rich.console import Console
from rich.table import Table

WIDTH = 120
"""Width in characters, if the table goes to a file."""

VERSIONS = ("apache-beam", "spacy", "trafilatura", "aiohttp", "kafka-python")


class Row(NamedTuple):
    """A measurement and its reference, in ``unit``; their ratio and its target.

    Without a reference or a target these are None.
    """

    name: str
    ours: float
    against: float | None
    unit: str
    ratio: float | None
    target: str | None
    met: bool | None


def ratio(
    name: str,
    pairs: Sequence[tuple[float, float]],
    unit: str,
    *,
    at_least: float = 0.0,
    at_most: float | None = None,
) -> Row:
    """Medians of both columns, measured in turn, and the median of the pairs' ratios.

    In turn, so that a slow phase of the machine affects both.
    """
    ours, against = (median(column) for column in zip(*pairs, strict=True))
    between = median(one / other for one, other in pairs)
    if at_most is not None:
        return Row(name, ours, against, unit, between, f"at most {at_most}", between <= at_most)
    return Row(name, ours, against, unit, between, f"at least {at_least}", between >= at_least)


def plain(name: str, ours: float, against: float | None, unit: str) -> Row:
    """A measurement without a target."""
    ratio = None if against is None else ours / against
    return Row(name, ours, against, unit, ratio, target=None, met=None)


def below(name: str, ours: float, unit: str, limit: float) -> Row:
    """A measurement with an upper limit."""
    return Row(name, ours, None, unit, None, f"below {limit} {unit}", ours < limit)


def report(rows: Sequence[Row], file: Path) -> NoReturn:
    """Print and save the rows; exit with 1 if a target is missed."""
    _show(rows)
    result = {
        "cores": os.cpu_count(),
        "versions": {name: version(name) for name in VERSIONS},
        "rows": [row._asdict() for row in rows],
    }
    file.write_text(json.dumps(result, indent=2) + "\n")
    print(f"written to {file}")
    sys.exit(any(row.met is False for row in rows))


def _show(rows: Sequence[Row]) -> None:
    table = Table("measured", "ours", "against", "unit", "ratio", "target", "met")
    for row in rows:
        table.add_row(
            row.name,
            _number(row.ours),
            _number(row.against),
            row.unit,
            "" if row.ratio is None else f"{row.ratio:.2f}",
            row.target or "",
            {None: "", True: "yes", False: "NO"}[row.met],
        )
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    console.print(table)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
