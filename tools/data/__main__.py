"""Make each shipped table and the text model again, and compare: ``python -m tools.data FOLDER``.

Prints a line per file; exit code 1 where one differs or cannot be made.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from connectors.text import date_words
from newsline import given_names
from pipeline.enrich.entities.gazetteer import PATH
from tools.data import inputs

SHIPPED = PATH.parent
ELSEWHERE = {
    "date_names.json": Path(date_words.__file__).parent,
    "given_names.txt": given_names.PATH.parent,
}
"""Shipped file → its folder, unless it is :data:`SHIPPED`."""
BUILDERS = {
    "date_names.json": "date_names",
    "gazetteer.json": "gazetteer",
    "given_names.txt": "given_names",
    "mediatopics.json": "mediatopics",
    "wikidata.json": "wikidata",
    "textmodel.npz": "textmodel",
}
"""Shipped file → module here with its ``make``. The model is last: it learns from the topics."""


def shipped(name: str) -> Path:
    """The path of a shipped file."""
    return ELSEWHERE.get(name, SHIPPED) / name


def main(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Has the input files.")],
    scratch: Annotated[Path, typer.Option(help="Folder for the made files.")] = Path("build/data"),
    write: Annotated[bool, typer.Option("--write", help="Replace the shipped files.")] = False,
) -> None:
    """Make the shipped data tables and the text model again, and compare with the shipped ones."""
    scratch.mkdir(parents=True, exist_ok=True)
    known, pinned = inputs.read(), inputs.pins()
    good = True
    for name, module in BUILDERS.items():
        table = known.tables[name]
        found = inputs.differences(table, known.files, folder, pinned)
        made = b"" if found.missing else import_module(f"tools.data.{module}").make(folder)
        is_equal = made == shipped(name).read_bytes()
        typer.echo(f"{name:17}{inputs.verdict(table, found, is_equal)}")
        if made:
            (scratch / name).write_bytes(made)
        if made and write:
            shipped(name).write_bytes(made)
        good = good and bool(made) and (is_equal or write)
    raise typer.Exit(0 if good else 1)


if __name__ == "__main__":
    typer.run(main)
