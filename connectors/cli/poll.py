"""``newsline poll``: the connectors."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from connectors.cli.open_state import existing_state
from newsline.announce import announce
from newsline.broker import Broker, connect
from newsline.cli import last_run, options
from newsline.durations import parse_duration
from newsline.errors import OperatorError
from newsline.records import RAW_TOPIC
from newsline.service import live_page, status
from newsline.service.broker_probe import watching
from newsline.service.processes import exit_with_parent
from newsline.topics import contents

if TYPE_CHECKING:
    from connectors.feedlist.feed_list import Feed
    from connectors.poll.wiring import Settings


OPEN_FILES = 8_192

OLDEST = 10 * 365 * 24 * 3600.0


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
    broker: options.BrokerAddress = options.DEFAULT_BROKER,
    state: options.StateAddress = options.DEFAULT_STATE,
    allow: options.Allow = [],  # noqa: B006 - Typer makes a list of its own
    contact: options.Contact = "",
    respect_opt_outs: options.RespectOptOuts = False,
    workers: options.Workers = 0,
    revisit: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_REVISIT",
            metavar="AGE,…",
            show_default="off",
            help="Look at articles' pages again at these ages, such as 1h,6h,24h.",
        ),
    ] = "",
    websub_callback: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_WEBSUB_CALLBACK",
            metavar="URL",
            show_default="none",
            help="The public URL that leads to --websub-listen: hubs push there.",
        ),
    ] = "",
    websub_listen: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_WEBSUB_LISTEN",
            metavar="HOST:PORT",
            show_default="none",
            help="Where WebSub hubs are listened to.",
        ),
    ] = "",
    status_address: options.StatusAddress = "127.0.0.1:9401",
) -> None:
    """Poll feeds and publish their articles to news.raw, until SIGTERM."""
    from connectors.feedlist.feed_list import load_feed_list
    from connectors.poll.wiring import Settings
    from connectors.websub.callback import callback_address

    exit_with_parent()
    _open_many()
    listed = load_feed_list(feeds)
    told = Settings(
        broker,
        state,
        frozenset(allow),
        contact,
        workers or os.cpu_count() or 1,
        callback_address(websub_callback, websub_listen),
        respect_opt_outs,
        _ages(revisit),
    )
    _introduce(listed.feeds, told)
    with connect(broker) as connection:
        contents.ensure(connection)
        last_run.write(broker, state)
        asyncio.run(_run(listed.feeds, connection, told, once, status_address))
    if once:
        _tell_failed(listed.feeds, state)


def _tell_failed(feeds: Sequence[Feed], state: str) -> None:
    """Each feed that failed, in a line. Raises typer.Exit where all of them did."""
    from connectors.text.urls import without_login

    listed = {feed.url for feed in feeds}
    with existing_state(state) as opened:
        failed = [feed for feed in opened.feeds() if feed.failures and feed.url in listed]
    for feed in failed:
        cause = f": {feed.last_detail}" if feed.last_detail else ""
        typer.echo(f"newsline: {without_login(feed.url)}: {feed.last_outcome}{cause}", err=True)
    if len(failed) == len(listed):
        raise typer.Exit(1)


def _open_many() -> None:
    """As many sockets as we may have: thousands of hosts keep their connections for a moment, and
    most systems give 1,024 to who does not ask."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _ages(setting: str) -> tuple[float, ...]:
    """``1h,6h`` in seconds."""
    ages = [parse_duration(text.strip()) for text in setting.split(",") if text.strip()]
    if not all(ages):
        raise OperatorError(
            f"--revisit {setting!r} is not AGE,AGE…: each a number above 0 with s, m, h, d or w,"
            " as in 1h,6h,24h"
        )
    if any(age > OLDEST for age in ages if age):
        raise OperatorError(f"--revisit {setting!r} has an age of over ten years: give less")
    return tuple(age for age in ages if age)


def _introduce(feeds: Sequence[Feed], told: Settings) -> None:
    """Say if publishers will not know whom to write to; hosts of one's own need not."""
    from yarl import URL

    from connectors.fetch.guard import is_allowed

    strangers = any(not is_allowed(URL(feed.url), told.allow) for feed in feeds)
    if strangers and not told.contact:
        print(
            "newsline: warning: publishers cannot see who asks: give a page or e-mail address "
            "with --contact",
            file=sys.stderr,
            flush=True,
        )


async def _run(
    feeds: Sequence[Feed], broker: Broker, told: Settings, once: bool, status_address: str
) -> None:
    from connectors.poll.wiring import collect_seldom, open_connector

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
            status.Probes(live=lambda: None, ready=lambda: watch.problem() or connector.problem()),
            lambda: live_page.render(broker),
        ) as url,
    ):
        collect_seldom()
        count = f"{len(feeds)} feed{'' if len(feeds) == 1 else 's'}"
        announce(f"polling {count} to {told.broker}; status on {url}")
        await (connector.once(stop) if once else connector.run(stop))
