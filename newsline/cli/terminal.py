"""Lines for a terminal 100 columns wide, without control characters."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import typer

from newsline.printable import printable, printable_lines

WIDTH = 100


def wrapped(line: str, indent: int) -> Sequence[str]:
    """Break the line between words into pieces that fit; a URL stays whole."""
    return wrap(
        printable(line),
        WIDTH,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def say(text: str, *, err: bool = False) -> None:
    """Print lines that may have texts of feeds and servers in them."""
    typer.echo(printable_lines(text), err=err)
