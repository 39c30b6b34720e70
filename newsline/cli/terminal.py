"""Lines for a terminal 100 columns wide, without control characters."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

WIDTH = 100


def wrapped(line: str, indent: int) -> Sequence[str]:
    """Break the line between words into pieces that fit; a URL stays whole."""
    printable = "".join(char if char.isprintable() else " " for char in line)
    return wrap(
        printable,
        WIDTH,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
