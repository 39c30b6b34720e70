"""``make bench``: newsline against its bare parts, as ratios in one run, as a table and as JSON.

Absolute numbers are this machine's; only the ratios mean something elsewhere.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from tests.bench import connector, job, memory

RESULT = Path("bench.json")


class Row(NamedTuple):
    """A measurement: ours and the bare part's, medians, in ``unit``; the ratio and its target.

    Both are measured in turn, and the ratio is the median of the pairs' ratios: a machine that is
    slow for a while is slow for both.
    """

    name: str
    ours: float
    bare: float
    unit: str
    ratio: float
    target: str
    met: bool


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        rows = [
            _row(
                "whole connector / bare trafilatura", connector.measure(root / "a"), "pages/s", 0.8
            ),
            _row("whole job / bare spaCy NER", job.measure(root / "b"), "articles/s", 0.85),
            _row("job's memory, 5,000 / 500 articles", [memory.measure(root / "c")], "MB", 1.1),
        ]
    _show(rows)
    result = {"cores": os.cpu_count(), "versions": _versions(), "rows": [r._asdict() for r in rows]}
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(f"written to {RESULT}")
    sys.exit(not all(row.met for row in rows))


def _row(name: str, pairs: list[tuple[float, float]], unit: str, target: float) -> Row:
    ours, bare = (median(column) for column in zip(*pairs, strict=True))
    ratio = median(one / other for one, other in pairs)
    at_most = unit == "MB"
    met = ratio <= target if at_most else ratio >= target
    return Row(name, ours, bare, unit, ratio, f"at {'most' if at_most else 'least'} {target}", met)


def _show(rows: list[Row]) -> None:
    table = Table("measured", "ours", "bare", "unit", "ratio", "target", "met")
    for row in rows:
        met = "yes" if row.met else "NO"
        table.add_row(
            row.name,
            f"{row.ours:.1f}",
            f"{row.bare:.1f}",
            row.unit,
            f"{row.ratio:.2f}",
            row.target,
            met,
        )
    Console().print(table)


def _versions() -> dict[str, str]:
    names = ("apache-beam", "spacy", "trafilatura", "aiohttp", "kafka-python")
    return {name: version(name) for name in names}


if __name__ == "__main__":
    main()
