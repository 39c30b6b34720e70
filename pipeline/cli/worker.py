"""``newsline worker``: the pool of the job's Python workers beside a Flink task manager."""

from __future__ import annotations

import asyncio
import signal
import tempfile

from newsline.announce import announce
from newsline.broker import Broker
from newsline.cli import options
from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.sandbox.memory import fitting_children
from newsline.service import event_loop, live_page, metrics, status
from newsline.service.broker_probe import watching
from pipeline.cli.foreground import lag_measure


def worker(
    broker: options.BrokerAddress = options.DEFAULT_BROKER,
    worker_address: options.WorkerAddress = options.DEFAULT_WORKER_ADDRESS,
    group: options.Group = options.DEFAULT_GROUP,
    status_address: options.StatusAddress = "127.0.0.1:9403",
) -> None:
    """Serve Python workers to a Flink task manager, until SIGTERM."""
    from pipeline.beam.children import CHILD_LEAST
    from pipeline.flink.workers import serving

    fitting_children(1, CHILD_LEAST, "--children")
    with tempfile.TemporaryDirectory() as directory:
        metrics.share(directory)
        with options.connect_to_existing(broker) as connection, serving(worker_address) as bound:
            event_loop.run(_run(bound, connection, group, status_address))


async def _run(address: str, broker: Broker, group: str, status_address: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with (
        watching(lag_measure(broker, group)) as watch,
        status.serve(
            status_address,
            status.Probes(live=lambda: None, ready=watch.problem),
            lambda: live_page.render(broker),
            Monitor(MonitorSources(lambda: broker, group)),
        ) as url,
    ):
        announce(f"workers for Flink on {address}; status on {url}")
        await stop.wait()
