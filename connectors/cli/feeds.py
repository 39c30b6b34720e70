"""``newsline feeds``: commands for the feed list and for single feeds."""

from __future__ import annotations

import random
import time
from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated

import typer

from connectors.cli import edit_feed_list, feeds_status
from connectors.cli.open_state import existing_state
from newsline.cli import options, terminal
from newsline.errors import OperatorError
from newsline.printable import without_logins

if TYPE_CHECKING:
    from connectors.state import State

FeedUrl = Annotated[
    str, typer.Argument(metavar="URL", help="The feed, as written in the feed list.")
]

app = typer.Typer(no_args_is_help=True)
app.command("add")(edit_feed_list.add)
app.command("export")(edit_feed_list.export)
app.command("import")(edit_feed_list.import_)
app.command("status")(feeds_status.status)


@app.callback()
def _feeds() -> None:
    """Edit and check the feed list, and show the condition of feeds."""


@app.command()
def check(
    file: str = typer.Argument(
        metavar="FEEDS", help="A feed list (a TOML or OPML file), or a feed's URL."
    ),
) -> None:
    """Check a feed list; exit code 0 if it is valid."""
    from connectors.feedlist import feed_list

    listed = feed_list.load_feed_list(file)
    feed_list.logins(listed.feeds)
    for url in listed.repeated:
        line = f"{file}: listed more than once, polled once: {url}"
        terminal.say(without_logins(line))
    count = len(listed.feeds)
    terminal.say(without_logins(f"{file}: {count} feed{'s' if count > 1 else ''}"))


@app.command()
def resume(
    url: Annotated[
        str | None,
        typer.Argument(
            metavar="[URL]",
            show_default="none",
            help="The feed, as written in the feed list; or --failing, or --all.",
        ),
    ] = None,
    failing: Annotated[
        bool,
        typer.Option(
            "--failing",
            envvar="NEWSLINE_FEEDS_RESUME_FAILING",
            help="All listed feeds that fail or are retired.  [off]",
        ),
    ] = False,
    every: Annotated[
        bool,
        typer.Option(
            "--all",
            envvar="NEWSLINE_FEEDS_RESUME_ALL",
            help="All listed feeds.  [off]",
        ),
    ] = False,
    state: options.StateAddress = options.DEFAULT_STATE,
) -> None:
    """Poll a retired or failing feed as soon as possible; many are spread over some minutes."""
    if bool(url) + failing + every != 1:
        raise OperatorError("give the URL of one feed, or --failing, or --all")
    with existing_state(state) as opened:
        if url is None:
            sites = opened.resume_all(time.time(), random.random, failing=failing)
            terminal.say(_resumed(sites))
            return
        known = _listed(opened, url)
        opened.resume(known)
    terminal.say(without_logins(f"{known}: due now"))


@app.command()
def forget_move(url: FeedUrl, state: options.StateAddress = options.DEFAULT_STATE) -> None:
    """Poll a feed at its listed URL again, and forget its redirect."""
    with existing_state(state) as opened:
        known = _listed(opened, url)
        opened.forget_redirect(known)
    terminal.say(without_logins(f"{known}: polled at this URL again"))


def _resumed(sites: Collection[str]) -> str:
    """The line for feeds of these sites, made due together. Pure."""
    from connectors.schedule.outage import resume_span
    from newsline.durations import format_duration

    feeds, hosts = len(sites), len(set(sites))
    if not feeds:
        return "no feed to resume"
    counts = (
        f"{feeds:,} feed{'' if feeds == 1 else 's'} of {hosts:,} site{'' if hosts == 1 else 's'}"
    )
    span = resume_span(feeds)
    return f"{counts}: due now" if span < 60 else f"{counts}: due within {format_duration(span)}"


def _listed(state: State, url: str) -> str:
    """The feed's URL as stored in the state. Raises OperatorError unless the feed is polled."""
    from connectors.feedlist.feed_list import normalised_url

    known = normalised_url(url, "URL")
    found = state.survey([known])
    if not found:
        raise OperatorError(f"{url}: never polled: give the URL as written in the feed list")
    if not found[0].listed:
        raise OperatorError(
            f"{url}: not polled any more: add it to the feed list, then restart poll"
        )
    return known
