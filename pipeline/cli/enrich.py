"""``newsline enrich``: the Beam job."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import metrics, page, status, topics
from pipeline.broker import Broker, connect
from pipeline.cli import settings
from pipeline.cli.watch import watching
from pipeline.errors import OperatorError
from pipeline.processes import announce, exit_with_parent
from pipeline.records import RAW_TOPIC

if TYPE_CHECKING:
    from pipeline.beam.job import Job


class Runner(StrEnum):
    """What runs the job."""

    DIRECT = "DirectRunner"


def enrich(
    broker: settings.BrokerAddress = settings.DEFAULT_BROKER,
    group: settings.Group = settings.DEFAULT_GROUP,
    runner: Annotated[
        Runner,
        typer.Option(envvar="NEWSLINE_RUNNER", metavar="NAME", help="What runs the Beam job."),
    ] = Runner.DIRECT,
    until_caught_up: Annotated[
        bool,
        typer.Option(
            "--until-caught-up",
            envvar="NEWSLINE_UNTIL_CAUGHT_UP",
            help="End when everything on news.raw is enriched; otherwise at SIGTERM.  [off]",
        ),
    ] = False,
    children: settings.Children = 0,
    deadline: settings.Deadline = settings.DEFAULT_DEADLINE,
    model: settings.Models = [],  # noqa: B006 - Typer makes a list of its own
    jsonl: settings.JsonLinesDirectory = "",
    status_address: settings.StatusAddress = "127.0.0.1:9402",
) -> None:
    """Enrich what is on news.raw and write it to news.enriched, exactly once, until SIGTERM."""
    from pipeline.beam.enrichment import Children
    from pipeline.beam.job import Job
    from pipeline.sinks.jsonl import JsonLines

    exit_with_parent()
    with connect(broker) as connection:
        topics.ensure(connection)
        job = Job(
            broker=broker,
            group=group,
            partitions=connection.partitions(RAW_TOPIC),
            children=Children(children or os.cpu_count() or 1, settings.models(model), deadline),
            sinks=[JsonLines(jsonl)] if jsonl else [],
            until_caught_up=until_caught_up,
        )
        asyncio.run(_run(connection, job, status_address))


async def _run(broker: Broker, job: Job, status_address: str) -> None:
    from pipeline.beam import heartbeat, source
    from pipeline.beam.runners import run_direct

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, source.draining.set)
    started = asyncio.Event()
    async with (
        watching(lambda: _measure_lag(broker, job.group)) as watch,
        status.serve(
            status_address,
            status.Probes(
                live=heartbeat.stuck,
                ready=lambda: _not_started(started) or heartbeat.stuck() or watch.problem(),
            ),
            lambda: page.render(broker),
        ) as url,
    ):
        announce(f"enriching {RAW_TOPIC} of {job.broker}; status on {url}")
        await _load_models(job)
        started.set()
        await asyncio.to_thread(run_direct, job)
        await asyncio.to_thread(_measure_lag, broker, job.group)


async def _load_models(job: Job) -> None:
    """Wait for a child that has loaded its models; raises OperatorError where none can, before
    anything is read."""
    from pipeline.beam.enrichment import sandbox_of_this_process
    from pipeline.sandbox import START_SECONDS, ChildrenFailed

    try:
        await sandbox_of_this_process(job.children).run(os.getpid, deadline=START_SECONDS)
    except ChildrenFailed as error:
        raise OperatorError(f"the models cannot be loaded: {error}") from error


def _not_started(started: asyncio.Event) -> str | None:
    return None if started.is_set() else "the models are being loaded"


def _measure_lag(broker: Broker, group: str) -> None:
    ages = topics.unread_age(broker, group, time.time())
    metrics.set_lag(broker.lag(group, RAW_TOPIC), ages)
