"""``newsline monitor``: the status of the whole pipeline, from outside, whatever has ended."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from newsline.announce import announce, warn
from newsline.cli import last_run, options
from newsline.monitor.disks import places
from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.monitor.state_look import is_installed
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


def sources(broker: str, state: str, group: str) -> MonitorSources:
    """Where to look, by the addresses given or those of the last run here."""
    address = last_run.broker(broker)
    found = _state(state)
    return MonitorSources(
        connect=lambda: options.connect_to_existing(address),
        group=group,
        state=found,
        required=bool(state) or Path(found).is_file(),
        places=places(address, found),
    )


def _state(given: str) -> str:
    """The state's address; "" if it cannot be read here. A line on stderr if feeds are not seen."""
    address = last_run.state(given)
    if not is_installed():
        warn("state not read: pip install 'newsline[connectors]'")
        return ""
    if not given and "://" not in address and not Path(address).exists():
        warn(f"no state at {address}: feeds are not seen; give --state")
    return address


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
