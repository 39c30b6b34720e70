"""Lines for a terminal 100 columns wide, without control characters."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from textwrap import wrap

import msgspec
import typer

from newsline.printable import escaped_json, printable, printable_lines

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


def say_json(values: Iterable[object]) -> None:
    """Print each value as a line of JSON."""
    sys.stdout.buffer.writelines(escaped_json(msgspec.json.encode(each)) + b"\n" for each in values)
