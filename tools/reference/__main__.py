"""``python -m tools.reference``: fill the generated blocks in docs/; ``--check`` only compares.

Exit code 1 with ``--check`` where a page is stale, naming it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tools.reference import cli, contract, metrics
from tools.reference.blocks import Blocks, fill

DOCS = Path(__file__).parents[2] / "docs"

BLOCKS: Blocks = {**cli.BLOCKS, **metrics.BLOCKS, **contract.BLOCKS}


def stale() -> Iterator[tuple[Path, str]]:
    """Pages whose blocks differ from the code, each with its new text."""
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text()
        if (filled := fill(text, BLOCKS)) != text:
            yield page, filled


def main(arguments: list[str]) -> int:
    pages = list(stale())
    if arguments == ["--check"]:
        for page, _ in pages:
            print(f"{page.relative_to(DOCS.parent)} is stale: make docs")
        return 1 if pages else 0
    for page, text in pages:
        page.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
