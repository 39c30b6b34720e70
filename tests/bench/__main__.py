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
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from tests.bench import connector, job, memory

RESULT = Path("bench.json")


class Row(NamedTuple):
    """A measurement: ours and the bare part's, in ``unit``; the ratio and what it should be."""

    name: str
    ours: float
    bare: float
    unit: str
    ratio: float
    target: str
    met: bool


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        pages = connector.measure(root / "connector")
        rows.append(_at_least("whole connector / bare trafilatura", *pages, "pages/s", target=0.8))
        articles = job.measure(root / "job")
        rows.append(_at_least("whole job / bare spaCy NER", *articles, "articles/s", target=0.85))
        rows.append(
            _at_most("job's memory, 5,000 / 500", *memory.measure(root / "memory"), target=1.1)
        )
    _show(rows)
    RESULT.write_text(
        json.dumps(
            {
                "cores": os.cpu_count(),
                "versions": _versions(),
                "rows": [row._asdict() for row in rows],
            },
            indent=2,
        )
        + "\n"
    )
    print(f"written to {RESULT}")
    sys.exit(not all(row.met for row in rows))


def _at_least(name: str, ours: float, bare: float, unit: str, target: float) -> Row:
    ratio = ours / bare
    return Row(name, ours, bare, unit, ratio, f"at least {target}", ratio >= target)


def _at_most(name: str, later: float, earlier: float, target: float) -> Row:
    ratio = later / earlier
    return Row(name, later, earlier, "MB", ratio, f"at most {target}", ratio <= target)


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
