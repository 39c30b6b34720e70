"""``newsline feeds``: the feed list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from pipeline.cli import feeds_status, settings, subscriptions
from pipeline.errors import OperatorError

FeedUrl = Annotated[str, typer.Argument(metavar="URL", help="The feed, as the feed list has it.")]

app = typer.Typer(no_args_is_help=True, help="The feed list.")
app.command("add")(subscriptions.add)
app.command("export")(subscriptions.export)
app.command("import")(subscriptions.import_)
app.command("status")(feeds_status.status)


@app.callback()
def _feeds() -> None:
    """The feed list."""


@app.command()
def check(
    file: str = typer.Argument(
        metavar="FEEDS", help="A feed list (a TOML or OPML file), or a feed's URL."
    ),
) -> None:
    """Say what is wrong with a feed list, and where; exit code 0 when nothing is."""
    from connectors import feeds

    listed = feeds.load(file)
    for url in listed.repeated:
        typer.echo(f"{file}: listed more than once, polled once: {url}")
    count = len(listed.feeds)
    typer.echo(f"{file}: {count} feed{'s' if count > 1 else ''}")


@app.command()
def resume(url: FeedUrl, state: settings.StateAddress = settings.DEFAULT_STATE) -> None:
    """Poll a feed that is retired, or that fails, as soon as possible."""
    from connectors.polled import RESUMED

    _amend(state, url, RESUMED)
    typer.echo(f"{url}: due now")


@app.command()
def forget_move(url: FeedUrl, state: settings.StateAddress = settings.DEFAULT_STATE) -> None:
    """Poll a feed at its listed URL again, and not where it has moved."""
    from connectors.moves import LISTED

    _amend(state, url, {**LISTED, "next_poll": 0.0, "why": "its move was forgotten by hand"})
    typer.echo(f"{url}: polled at this URL again")


def _amend(state: str, url: str, changes: Mapping[str, object]) -> None:
    """Raises OperatorError where the state has no such feed."""
    with settings.existing_state(state) as opened:
        if not opened.amend(url, changes):
            raise OperatorError(f"{url}: never polled: give the URL as the feed list has it")
