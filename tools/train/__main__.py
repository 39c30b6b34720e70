"""Train the text model for topic tags: ``python -m tools.train FOLDER``.

The same data give the same bytes on any machine; about three minutes on one core.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsline.errors import OperatorError
from pipeline.enrich.tags import textmodel


def main(
    data: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="Has huffpost.jsonl.gz and mediatopics.json."),
    ],
    out: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Output file; default: the shipped model."),
    ] = textmodel.PATH,
) -> None:
    """Train the text model for topic tags on the data in FOLDER."""
    try:
        from tools.train import corpus, training
    except ImportError as error:
        raise SystemExit(f"{error.name} is missing: `make data` installs it") from error
    try:
        textmodel.save_model(training.train(corpus.read(data), training.SEED), out)
    except OperatorError as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    typer.run(main)
