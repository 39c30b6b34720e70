"""``newsline poll``: the connectors."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import page, status, topics
from pipeline.broker import Broker, connect
from pipeline.cli import settings
from pipeline.cli.watch import watching
from pipeline.processes import announce, exit_with_parent
from pipeline.records import RAW_TOPIC

if TYPE_CHECKING:
    from connectors.connector import Settings
    from connectors.feeds import Feed


def poll(
    feeds: Annotated[
        str,
        typer.Argument(
            envvar="NEWSLINE_FEEDS",
            metavar="FEEDS",
            help="A feed list (a TOML or OPML file), or a feed's URL.",
        ),
    ],
    once: Annotated[
        bool,
        typer.Option("--once", envvar="NEWSLINE_ONCE", help="Poll each feed once and end.  [off]"),
    ] = False,
    broker: settings.BrokerAddress = settings.DEFAULT_BROKER,
    state: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_STATE",
            metavar="FILE",
            help="What was polled and seen: a SQLite file, made where it is missing.",
        ),
    ] = settings.DEFAULT_STATE,
    allow: settings.Allow = [],  # noqa: B006 - Typer makes a list of its own
    contact: settings.Contact = "",
    workers: settings.Workers = 0,
    status_address: settings.StatusAddress = "127.0.0.1:9401",
) -> None:
    """Poll feeds, fetch and extract their articles, publish them to news.raw, until SIGTERM."""
    from connectors.connector import Settings
    from connectors.feeds import load

    exit_with_parent()
    listed = load(feeds)
    told = Settings(broker, state, frozenset(allow), contact, workers or os.cpu_count() or 1)
    with connect(broker) as connection:
        topics.ensure(connection)
        asyncio.run(_run(listed.feeds, connection, told, once, status_address))


async def _run(
    feeds: Sequence[Feed], broker: Broker, told: Settings, once: bool, status_address: str
) -> None:
    from connectors.connector import open_connector

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with (
        watching(lambda: broker.end_offsets(RAW_TOPIC)) as watch,
        open_connector(feeds, broker, told) as connector,
        # An event loop that hangs does not answer /livez at all; nothing else needs a restart.
        status.serve(
            status_address,
            status.Probes(live=lambda: None, ready=watch.problem),
            lambda: page.render(broker),
        ) as url,
    ):
        announce(f"polling {len(feeds)} feeds to {told.broker}; status on {url}")
        await (connector.once(stop) if once else connector.run(stop))
