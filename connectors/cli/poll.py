"""``newsline poll``: run the connectors."""

from __future__ import annotations

import asyncio
import math
import resource
import signal
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from connectors.cli.open_state import existing_state
from connectors.state.engine import check_address
from newsline.announce import announce, fail, warn
from newsline.broker import connect
from newsline.cli import last_run, options
from newsline.durations import parse_duration
from newsline.errors import OperatorError
from newsline.log_lines import LogEvent
from newsline.monitor.disks import places
from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.monitor.own_process import own_process
from newsline.monitor.snapshot import FlowStage
from newsline.page.routes import live_page
from newsline.page.search import Searchable
from newsline.records import RAW_TOPIC
from newsline.sandbox.memory import fitting_children
from newsline.service import ending, event_loop, status
from newsline.service.access import Endpoints, access
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
            help="Feed list (TOML or OPML file), or a feed's URL.",
        ),
    ],
    once: Annotated[
        bool,
        typer.Option("--once", envvar="NEWSLINE_ONCE", help="Poll each feed once and end.  [off]"),
    ] = False,
    broker: options.BrokerAddress = options.DEFAULT_BROKER,
    state: options.StateAddress = options.DEFAULT_STATE,
    group: options.Group = options.DEFAULT_GROUP,
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
            help="Fetch articles' pages again at these ages, such as 1h,6h,24h.",
        ),
    ] = "",
    websub_callback: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_WEBSUB_CALLBACK",
            metavar="URL",
            show_default="none",
            help="The public URL at which WebSub hubs reach --websub-listen.",
        ),
    ] = "",
    websub_listen: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_WEBSUB_LISTEN",
            metavar="HOST:PORT",
            show_default="none",
            help="The address to listen on for WebSub hubs.",
        ),
    ] = "",
    status_address: options.StatusAddress = "127.0.0.1:9401",
    status_token: options.StatusToken = "",
    behind_proxy: options.BehindProxy = False,
) -> None:
    """Poll feeds and publish articles to news.raw, until SIGTERM."""
    from connectors.feedlist.feed_list import load_feed_list, logins
    from connectors.poll.wiring import CHILD_LEAST, Settings
    from connectors.websub.callback import callback_address

    exit_with_parent()
    check_address(state)
    _raise_file_limit()
    endpoints = Endpoints(status_address, access(status_token, behind_proxy=behind_proxy))
    listed = load_feed_list(feeds)
    settings = Settings(
        broker=broker,
        state=state,
        allow=frozenset(allow),
        contact=contact,
        workers=fitting_children(workers, CHILD_LEAST, "--workers"),
        logins=logins(listed.feeds),
        websub=callback_address(websub_callback, websub_listen),
        respect_opt_outs=respect_opt_outs,
        revisit=_revisit_ages(revisit),
    )
    _warn_without_contact(listed.feeds, settings)
    with connect(broker) as connection:
        contents.ensure(connection)
        last_run.write(broker, state)
        sources = MonitorSources(
            connect=lambda: connection,
            group=group,
            state=state,
            places=places(broker, state),
            processes=own_process(FlowStage.CONNECTOR),
        )
        event_loop.run(_run(listed.feeds, settings, once, endpoints, sources))
    if once:
        _report_failures(listed.feeds, state)


def _report_failures(feeds: Sequence[Feed], state: str) -> None:
    """Print a line per failed feed. Raises typer.Exit(1) if all failed."""
    from connectors.text.urls import without_login

    listed = {feed.url for feed in feeds}
    with existing_state(state) as opened:
        failed = [feed for feed in opened.feeds() if feed.failures and feed.url in listed]
    for feed in failed:
        cause = f": {feed.last_detail}" if feed.last_detail else ""
        url = without_login(feed.url)
        fail(f"{url}: {feed.last_outcome}{cause}", LogEvent.FEED_FAILED, feed=url)
    if len(failed) == len(listed):
        raise typer.Exit(1)


def _raise_file_limit() -> None:
    """Raise the soft limit of open files, 1,024 on most systems, up to the hard limit: connections
    to thousands of hosts stay open for a moment."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _revisit_ages(setting: str) -> tuple[float, ...]:
    """The ages in ``1h,6h``, in seconds. Raises OperatorError."""
    ages = [parse_duration(text.strip()) for text in setting.split(",") if text.strip()]
    if not all(ages):
        raise OperatorError(
            f"--revisit {setting!r} is not AGE,AGE…: each a number above 0 with s, m, h, d or w,"
            " as in 1h,6h,24h"
        )
    if any(age > OLDEST for age in ages if age):
        raise OperatorError(f"--revisit {setting!r} has an age of over ten years: give less")
    return tuple(age for age in ages if age)


def _warn_without_contact(feeds: Sequence[Feed], settings: Settings) -> None:
    """Warn if publishers get no contact address; allowed hosts are the operator's own."""
    from yarl import URL

    from connectors.fetch.allowances import Allowances

    allowances = Allowances(settings.allow, {feed.url: feed.allow for feed in feeds})
    has_publishers = any(not allowances.of(feed.url).covers(URL(feed.url)) for feed in feeds)
    if has_publishers and not settings.contact:
        warn("publishers cannot reach you: give a page or e-mail address with --contact")


async def _run(
    feeds: Sequence[Feed],
    settings: Settings,
    once: bool,
    endpoints: Endpoints,
    sources: MonitorSources,
) -> None:
    from connectors.poll.wiring import collect_seldom, open_connector

    broker = sources.connect()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        stop.set()
        ending.end_if_stuck(lambda: math.inf)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    monitor = Monitor(sources)
    where = Searchable(sources.connect, settings.broker, sources.group, settings.state)
    async with (
        watching(lambda: broker.end_offsets(RAW_TOPIC)) as watch,
        open_connector(feeds, broker, settings) as connector,
        # Only a blocked event loop needs a restart, and then /livez does not answer at all.
        status.serve(
            endpoints.address,
            status.Probes(live=lambda: None, ready=lambda: watch.problem() or connector.problem()),
            endpoints.access,
            monitor,
            live_page(monitor.status, where),
        ) as url,
    ):
        collect_seldom()
        count = f"{len(feeds)} feed{'' if len(feeds) == 1 else 's'}"
        announce(f"polling {count} to {settings.broker}; status on {url}")
        await (connector.once(stop) if once else connector.run(stop))
