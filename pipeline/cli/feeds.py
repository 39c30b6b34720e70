"""``newsline feeds``: the feed list."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="The feed list.")


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
