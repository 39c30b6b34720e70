"""``newsline monitor``: the status of the whole pipeline, from outside, whatever has ended."""

from __future__ import annotations

import asyncio
import signal

from newsline.announce import announce
from newsline.cli import last_run, options
from newsline.cli.monitor_sources import sources
from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.page.routes import live_page
from newsline.page.search import Searchable
from newsline.service import event_loop, status
from newsline.service.access import Endpoints, access
from newsline.service.processes import exit_with_parent


def monitor(
    broker: options.ReadBroker = "",
    state: options.ReadState = "",
    group: options.Group = options.DEFAULT_GROUP,
    status_address: options.StatusAddress = "127.0.0.1:9404",
    status_token: options.StatusToken = "",
    behind_proxy: options.BehindProxy = False,
) -> None:
    """Watch the whole pipeline from outside, until SIGTERM.

    Serves the live page, metrics and status, as the other processes do. Reads the topics, the job's
    committed offsets and the connectors' state. Starts and stays although the broker is down.
    """
    exit_with_parent()
    endpoints = Endpoints(status_address, access(status_token, behind_proxy=behind_proxy))
    address = last_run.broker(broker)
    event_loop.run(_run(sources(address, state, group), address, endpoints))


async def _run(looks: MonitorSources, broker: str, endpoints: Endpoints) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    watch = Monitor(looks)
    probes = status.Probes(live=lambda: None, ready=watch.problem)
    page = live_page(watch.status, Searchable(watch.broker, broker, looks.group, looks.state))
    async with status.serve(endpoints.address, probes, endpoints.access, watch, page) as url:
        announce(f"monitoring; status on {url}")
        await stop.wait()
