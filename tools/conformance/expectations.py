"""The expected readings as a file: the usual reading of each format, and how each feed differs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tools.conformance.reading import Reading

FILE = Path(__file__).with_name("expected.jsonl")


def write(readings: Mapping[str, Reading]) -> None:
    """Write the expected readings: one line per feed."""
    lines = []
    for name, reading in readings.items():
        usual = readings[name.partition("/")[0]] if "/" in name else {}
        differs = {field: value for field, value in reading.items() if usual.get(field) != value}
        lines.append(json.dumps([name, differs], ensure_ascii=False))
    FILE.write_text("\n".join(lines) + "\n")


def read() -> dict[str, Reading]:
    """The expected reading of each feed, by name."""
    found: dict[str, Reading] = {}
    for line in FILE.read_text().splitlines():
        name, differs = json.loads(line)
        usual = {} if {"error", "items"} & differs.keys() else found.get(name.partition("/")[0], {})
        found[name] = {**usual, **differs}
    return found
