"""Results of long runs: as files, and as tables of a page of the docs."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec


def commit() -> str:
    """Of the newsline that runs, in ten digits."""
    command = ["git", "rev-parse", "--short=10", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def write(file: Path, result: msgspec.Struct) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(result)))


def table(head: str, rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a table in Markdown, whose ``head`` has its columns separated by ``|``."""
    yield f"| {head} |"
    yield f"|{'---|' * (head.count('|') + 1)}"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in row)} |"
    yield ""
