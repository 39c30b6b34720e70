"""The job in this process, with status endpoints; drained at SIGTERM."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from newsline.announce import announce, warn
from newsline.broker import Broker, BrokerError
from newsline.errors import OperatorError
from newsline.log_lines import LogEvent
from newsline.monitor.disks import places
from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.monitor.own_process import own_process
from newsline.monitor.snapshot import FlowStage
from newsline.page.routes import live_page
from newsline.page.search import Searchable
from newsline.records import RAW_TOPIC
from newsline.service import ending, event_loop, metrics, status
from newsline.service.access import Endpoints
from newsline.service.broker_probe import watching
from newsline.service.open_transactions import OpenTransactions
from newsline.topics import contents
from newsline.topics.open_transactions import line, stale

if TYPE_CHECKING:
    from pipeline.beam.job import EnrichJob

RunJob = Callable[[], None]
"""Runs the job until it has ended."""


def in_process(job: EnrichJob, options: Sequence[str], *, on_prism: bool) -> RunJob:
    """The job on our DirectRunner, or on Prism, with Beam's options. Raises OperatorError."""
    from pipeline.beam import flags, runners

    flags.check_flags(options, flags.beam_flags())
    if on_prism:
        runners.require_prism(options)
    return partial(runners.run_on_prism if on_prism else runners.run_direct, job, options)


def run(broker: Broker, job: EnrichJob, run_job: RunJob, endpoints: Endpoints) -> None:
    """Run the job, with the status endpoints beside it."""
    event_loop.run(_run(broker, job, run_job, endpoints))


async def _run(broker: Broker, job: EnrichJob, run_job: RunJob, endpoints: Endpoints) -> None:
    from pipeline.beam import process_state

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _drain)
    started = asyncio.Event()
    measure = lag_measure(broker, job.group)
    monitor = Monitor(
        MonitorSources(
            connect=lambda: broker,
            group=job.group,
            places=places(job.broker),
            processes=own_process(FlowStage.JOB),
        )
    )
    where = Searchable(lambda: broker, job.broker, job.group, state="")
    async with (
        watching(measure) as watch,
        status.serve(
            endpoints.address,
            status.Probes(
                live=process_state.heartbeat.stuck,
                ready=lambda: (
                    _not_started(started) or process_state.heartbeat.stuck() or watch.problem()
                ),
            ),
            endpoints.access,
            monitor,
            live_page(monitor.status, where),
        ) as url,
    ):
        announce(f"enriching {RAW_TOPIC} of {job.broker}; status on {url}")
        await _load_models(job)
        started.set()
        await asyncio.to_thread(run_job)
        with suppress(BrokerError):  # gauges of a process that ends
            await asyncio.to_thread(measure)
        if job.until_caught_up:
            await asyncio.to_thread(_report_waiting, broker)


def _report_waiting(broker: Broker) -> None:
    """Caught up is not all: records behind an open transaction cannot be read."""
    for found in stale(broker, RAW_TOPIC):
        warn(line(RAW_TOPIC, found), LogEvent.OPEN_TRANSACTION)


def _drain() -> None:
    from pipeline.beam import process_state

    process_state.draining.set()
    ending.end_if_stuck(process_state.heartbeat.silence)


async def _load_models(job: EnrichJob) -> None:
    """Wait until a child has loaded its models, before anything is read.

    Raises OperatorError if none can.
    """
    from newsline.sandbox.pool import START_SECONDS, ChildrenFailed
    from pipeline.beam import process_state

    try:
        await process_state.sandbox.started(job.children).run(os.getpid, deadline=START_SECONDS)
    except ChildrenFailed as error:
        raise OperatorError(f"the enrichers cannot be loaded: {error}") from error


def _not_started(started: asyncio.Event) -> str | None:
    return None if started.is_set() else "the models are being loaded"


def lag_measure(broker: Broker, group: str) -> Callable[[], None]:
    """A function that sets the gauges of the group's lag and of open transactions."""
    transactions = OpenTransactions(broker)

    def measure() -> None:
        ages = contents.unread_age(broker, group, time.time())
        metrics.set_lag(broker.lag(group, RAW_TOPIC), ages)
        transactions.look()

    return measure
