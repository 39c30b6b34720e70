"""``newsline worker``: the pool of the job's Python workers beside a Flink task manager."""

from __future__ import annotations

import asyncio
import signal
import tempfile

from newsline.announce import announce
from newsline.cli import options
from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.page.routes import live_page
from newsline.page.search import Searchable
from newsline.sandbox.memory import fitting_children
from newsline.service import event_loop, metrics, status
from newsline.service.access import Endpoints, access
from newsline.service.broker_probe import watching
from pipeline.cli.foreground import lag_measure


def worker(
    broker: options.BrokerAddress = options.DEFAULT_BROKER,
    worker_address: options.WorkerAddress = options.DEFAULT_WORKER_ADDRESS,
    group: options.Group = options.DEFAULT_GROUP,
    status_address: options.StatusAddress = "127.0.0.1:9403",
    status_token: options.StatusToken = "",
    behind_proxy: options.BehindProxy = False,
) -> None:
    """Serve Python workers to a Flink task manager, until SIGTERM."""
    from pipeline.beam.children import CHILD_LEAST
    from pipeline.flink.workers import serving

    endpoints = Endpoints(status_address, access(status_token, behind_proxy=behind_proxy))
    fitting_children(1, CHILD_LEAST, "--children")
    with tempfile.TemporaryDirectory() as directory:
        metrics.share(directory)
        with options.connect_to_existing(broker) as connection, serving(worker_address) as bound:
            where = Searchable(lambda: connection, broker, group, state="")
            event_loop.run(_run(bound, where, endpoints))


async def _run(address: str, where: Searchable, endpoints: Endpoints) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    monitor = Monitor(MonitorSources(where.broker, where.group))
    async with (
        watching(lag_measure(where.broker(), where.group)) as watch,
        status.serve(
            endpoints.address,
            status.Probes(live=lambda: None, ready=watch.problem),
            endpoints.access,
            monitor,
            live_page(monitor.status, where),
        ) as url,
    ):
        announce(f"workers for Flink on {address}; status on {url}")
        await stop.wait()
