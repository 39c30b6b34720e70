"""``newsline tags``: the model that tags texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from newsline.errors import OperatorError

app = typer.Typer(no_args_is_help=True)

SEED = 20261125


@app.callback()
def tags() -> None:
    """Train the text model for topic tags."""


@app.command()
def train(
    data: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="Has huffpost.jsonl.gz and mediatopics.json."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            envvar="NEWSLINE_TAGS_OUT",
            metavar="FILE",
            help="Where the model goes.",
            show_default="the shipped one",
        ),
    ] = None,
) -> None:
    """Make the text model from named data, the same each time; about four minutes."""
    try:
        from pipeline.enrich.tags import textmodel
        from tools.train import corpus, training
    except ImportError as error:
        raise OperatorError(
            f"{error.name} is missing: pip install --group train, in a checkout"
        ) from error
    textmodel.save(training.train(corpus.read(data), SEED), out or textmodel.PATH)
