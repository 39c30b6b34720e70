"""``newsline trace``: all events of one article, from its feeds to the sinks.

The topics and JSON Lines are read here. The connectors' state is read by
``connectors.cli.trace_state``, if the packages of that extra are installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from newsline.announce import warn
from newsline.cli import last_run, options, terminal, trace_lines
from newsline.cli.commands import extra_needed
from newsline.errors import OperatorError
from newsline.trace.event_words import place
from newsline.trace.events import LookedEvent
from newsline.trace.story import (
    ARTICLE_ID,
    NoState,
    Places,
    StateReader,
    UnknownArticle,
    state_opener,
    story,
)

BY_URL = ": titles are kept only of entries without an article; give the article's URL or id"


def trace(
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL",
            help="The article's URL, another link that leads to it, or its id; or an entry's id in"
            " its feed or, if it led to no article, its title.",
        ),
    ],
    state: options.ReadState = "",
    broker: options.ReadBroker = "",
    group: options.Group = options.DEFAULT_GROUP,
    jsonl: options.JsonLinesDirectory = "",
    as_json: options.AsJson = False,
) -> None:
    """Show all events of one article, from its feeds to the sinks."""
    if jsonl and not Path(jsonl).is_dir():
        raise OperatorError(
            f"--jsonl {jsonl}: no such directory: name the one that newsline enrich writes to"
        )
    address = last_run.broker(broker)
    with _open_state(state) as known, options.connect_to_existing(address) as connection:
        places = Places(known, connection, address, group, Path(jsonl) if jsonl else None)
        try:
            events = story(url, places)
        except UnknownArticle as error:
            raise _unknown(url, known.name, error.looked) from None
    if as_json:
        terminal.say_json(events)
        return
    terminal.say("\n".join(trace_lines.story(events)))


def _open_state(address: str) -> AbstractContextManager[StateReader]:
    """The state; none, with a line on stderr, if the packages that read it are not installed."""
    try:
        opener = state_opener()
    except ModuleNotFoundError as error:
        needed = extra_needed("reading it", "connectors", error)
        if needed is None:
            raise
        warn(f"state not read: {needed}")
        return nullcontext(NoState())
    return opener(last_run.state(address))


def _unknown(url: str, state: str, looked: Sequence[LookedEvent]) -> OperatorError:
    read = [each for each in looked if each.records] or looked[:1]
    where = [state, *map(place, read)]
    looked_at = ", ".join(name for name in where if name)
    hint = "" if "://" in url or ARTICLE_ID.fullmatch(url) else BY_URL
    return OperatorError(f"{url}: nothing is known of it; looked at {looked_at}{hint}")
