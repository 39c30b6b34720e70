"""Generated blocks in Markdown: ``<!-- BEGIN name -->`` … ``<!-- END name -->``. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

Blocks = Mapping[str, Callable[[], str]]
"""Markdown by the block's name."""

_BLOCK = re.compile(r"(<!-- BEGIN ([\w-]+) -->\n).*?(<!-- END \2 -->)", re.DOTALL)


def fill(text: str, blocks: Blocks) -> str:
    """The page with every block filled. Raises KeyError for an unknown name."""
    return _BLOCK.sub(lambda found: f"{found[1]}{blocks[found[2]]()}\n{found[3]}", text)


def names(text: str) -> Sequence[str]:
    """The blocks of a page."""
    return [found[2] for found in _BLOCK.finditer(text)]


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; a cell's line breaks become spaces, its bars are escaped."""
    lines = [_row(header), "|---" * len(header) + "|", *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"
