"""``newsline run``: a connector and the job as two processes; by default, the sample newsroom."""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from newsline import log_output
from newsline.announce import announce
from newsline.broker import Broker, connect
from newsline.cli import article_table, last_run, options, sample_feeds
from newsline.cli.progress import following, report
from newsline.cli.supervisor import Supervisor
from newsline.log_lines import LogForm
from newsline.monitor.disks import places
from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.monitor.snapshot import FlowStage
from newsline.page.routes import live_page
from newsline.page.search import Searchable
from newsline.records import RAW_TOPIC
from newsline.service import event_loop, metrics, status
from newsline.service.access import Endpoints, access
from newsline.service.broker_probe import watching
from newsline.topics import contents

OWN_STAGES = frozenset(FlowStage) - {FlowStage.FEEDS}
"""Stages that decide whether this process is ready: publishers that do not answer are no fault of
it."""

CATCH_UP_SECONDS = 60.0
"""Time for enriching what was polled, after polling has ended."""


def run(
    context: typer.Context,
    feeds: Annotated[
        str,
        typer.Argument(
            envvar="NEWSLINE_FEEDS",
            metavar="FEEDS",
            show_default="a sample newsroom on this machine",
            help="Feed list (TOML or OPML file), or a feed's URL.",
        ),
    ] = "",
    data: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_DATA",
            metavar="DIRECTORY",
            help="For the state, the embedded broker and the JSON Lines files.",
        ),
    ] = "data",
    broker: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_BROKER",
            metavar="ADDRESS",
            show_default="embedded, in --data",
            help="embedded:PATH, or kafka://HOST:PORT[,HOST:PORT].",
        ),
    ] = "",
    group: options.Group = options.DEFAULT_GROUP,
    allow: options.Allow = [],  # noqa: B006 - Typer makes a list of its own
    contact: options.Contact = "",
    respect_opt_outs: options.RespectOptOuts = False,
    workers: options.Workers = 0,
    children: options.Children = 0,
    deadline: options.Deadline = options.DEFAULT_DEADLINE,
    model: options.Models = [],  # noqa: B006
    without: options.Without = [],  # noqa: B006
    recall: options.Recall = False,
    status_address: options.StatusAddress = "127.0.0.1:9400",
    status_token: options.StatusToken = "",
    behind_proxy: options.BehindProxy = False,
) -> None:
    """Poll feeds and enrich their articles, until Ctrl-C.

    Without feeds, a sample newsroom on this machine is polled until it has published its last
    article.
    """
    directory = Path(data) / ("" if feeds else f"sample/{datetime.now(UTC):%Y%m%dT%H%M%S}")
    plan = Plan(
        feeds=feeds,
        directory=directory,
        broker=broker or f"embedded:{directory / 'broker.db'}",
        group=group,
        poll=[
            *_flags(contact=contact, workers=workers, state=directory / "state.db", allow=allow),
            *_flags(group=group),
            *(["--respect-opt-outs"] if respect_opt_outs else []),
        ],
        enrich=[
            *_flags(group=group, children=children, deadline=deadline),
            *_flags(jsonl=directory / "enriched", model=model, without=without),
            *(["--recall"] if recall else []),
        ],
        status=Endpoints(status_address, access(status_token, behind_proxy=behind_proxy)),
        debug=context.find_root().params["debug"],
    )
    directory.mkdir(parents=True, exist_ok=True)
    with connect(plan.broker) as connection, tempfile.TemporaryDirectory() as metrics_directory:
        contents.ensure(connection)
        last_run.write(plan.broker, str(directory / "state.db"))
        metrics.share(metrics_directory)
        event_loop.run(_run(plan, connection))
        if log_output.form() == LogForm.TEXT:
            _show(connection, plan)


class Plan(NamedTuple):
    """What to run: the feed list ("" for the sample newsroom's), and the flags of both commands."""

    feeds: str
    directory: Path
    broker: str
    group: str
    poll: list[str]
    enrich: list[str]
    status: Endpoints
    debug: bool


def _flags(**values: object) -> list[str]:
    """Format the values as flags; a list's flag is repeated for each item."""
    flags = []
    for name, value in values.items():
        for item in value if isinstance(value, list) else [value]:
            flags += [f"--{name}", str(item)]
    return flags


async def _run(plan: Plan, broker: Broker) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        if not plan.feeds:
            plan = await _with_sample(plan, stack, stop)
        supervisor = await stack.enter_async_context(Supervisor(debug=plan.debug))
        probe = await stack.enter_async_context(watching(lambda: broker.end_offsets(RAW_TOPIC)))
        state = str(plan.directory / "state.db")
        monitor = Monitor(
            MonitorSources(
                connect=lambda: broker,
                group=plan.group,
                state=state,
                places=places(plan.broker, state, str(plan.directory)),
                processes=supervisor.processes,
            )
        )
        where = Searchable(lambda: broker, plan.broker, plan.group, state)
        page = live_page(monitor.status, where)
        probes = status.Probes(
            live=lambda: None,
            ready=lambda: supervisor.problem() or probe.problem() or monitor.problem(OWN_STAGES),
        )
        url = await stack.enter_async_context(
            status.serve(plan.status.address, probes, plan.status.access, monitor, page)
        )
        running = f"newsline runs: {url} shows what flows; Ctrl-C ends it cleanly"
        if log_output.form() == LogForm.JSON:
            announce(running)
        else:
            print(running, flush=True)
        await _flow(plan, broker, supervisor, stop)


async def _flow(plan: Plan, broker: Broker, supervisor: Supervisor, stop: asyncio.Event) -> None:
    """Start both processes. At ``stop``, end polling, enrich what was polled, end the job."""
    common = ["--broker", plan.broker, "--status", "127.0.0.1:0"]
    await supervisor.start("enrich", *common, *plan.enrich)
    await supervisor.start("poll", plan.feeds, *common, *plan.poll)
    async with following():
        await supervisor.wait(stop)
        await supervisor.stop("poll")
        await _caught_up(broker, plan.group, supervisor)
        await supervisor.stop("enrich")
    report()


async def _with_sample(plan: Plan, stack: AsyncExitStack, stop: asyncio.Event) -> Plan:
    """Start the sample newsroom, and set ``stop`` when it has published its last article."""
    newsroom = await stack.enter_async_context(sample_feeds.newsroom(plan.directory))
    finished = asyncio.create_task(_set_after(stop, newsroom.finished))
    stack.callback(finished.cancel)
    allowed = _flags(allow=newsroom.hosts)
    return plan._replace(feeds=str(newsroom.feeds), poll=[*plan.poll, *allowed])


async def _set_after(stop: asyncio.Event, event: asyncio.Event) -> None:
    await event.wait()
    stop.set()


async def _caught_up(broker: Broker, group: str, supervisor: Supervisor) -> None:
    """Return when the lag is 0, or after CATCH_UP_SECONDS: the next run enriches the rest."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while time.monotonic() < deadline and not supervisor.problem():
        lag = await asyncio.to_thread(broker.lag, group, RAW_TOPIC)
        if not any(lag):
            return
        await asyncio.sleep(0.1)


def _show(broker: Broker, plan: Plan) -> None:
    article_table.show(broker)
    print(f"Topics: {plan.broker}. State and JSON Lines: {plan.directory}/")
    print("Read them: newsline tail enriched")
