"""``newsline worker``: the pool of the job's Python workers beside a Flink task manager."""

from __future__ import annotations

import asyncio
import signal
import tempfile

from pipeline import metrics, page, status
from pipeline.broker import Broker
from pipeline.cli import settings
from pipeline.cli.attached import measure_lag
from pipeline.cli.watch import watching
from pipeline.processes import announce


def worker(
    broker: settings.BrokerAddress = settings.DEFAULT_BROKER,
    worker_address: settings.WorkerAddress = settings.DEFAULT_WORKER_ADDRESS,
    group: settings.Group = settings.DEFAULT_GROUP,
    status_address: settings.StatusAddress = "127.0.0.1:9403",
) -> None:
    """Start the job's Python workers for a Flink task manager, until SIGTERM."""
    from pipeline.flink.workers import serving

    with tempfile.TemporaryDirectory() as directory:
        metrics.share(directory)
        with settings.connect_to_existing(broker) as connection, serving(worker_address) as bound:
            asyncio.run(_run(bound, connection, group, status_address))


async def _run(address: str, broker: Broker, group: str, status_address: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with (
        watching(lambda: measure_lag(broker, group)) as watch,
        status.serve(
            status_address,
            status.Probes(live=lambda: None, ready=watch.problem),
            lambda: page.render(broker),
        ) as url,
    ):
        announce(f"workers for Flink on {address}; status on {url}")
        await stop.wait()
