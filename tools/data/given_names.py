"""Make given_names.txt: the given names of the US Census of 1990, from the package ``names``."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

FILES = ("dist.female.first", "dist.male.first")


def make(_inputs: Path) -> bytes:
    """The file, from the installed package ``names``."""
    package = distribution("names")
    return lines(Path(str(package.locate_file(f"names/{name}"))).read_text() for name in FILES)


def lines(lists: Iterable[str]) -> bytes:
    """Each name once, sorted. A row of the Census is a name, its share, their sum and its rank."""
    names = {row.split()[0] for rows in lists for row in rows.splitlines()}
    return "".join(f"{name}\n" for name in sorted(names)).encode("ascii")
