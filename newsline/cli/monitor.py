"""``newsline monitor``: the status of the whole pipeline, from outside, whatever has ended."""

from __future__ import annotations

import asyncio
import signal
from html import escape
from pathlib import Path

from newsline.announce import announce, warn
from newsline.broker import BrokerError
from newsline.cli import last_run, options
from newsline.monitor.disks import places
from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.monitor.state_look import is_installed
from newsline.service import event_loop, live_page, status
from newsline.service.processes import exit_with_parent


def monitor(
    broker: options.ReadBroker = "",
    state: options.ReadState = "",
    group: options.Group = options.DEFAULT_GROUP,
    status_address: options.StatusAddress = "127.0.0.1:9404",
) -> None:
    """Watch the whole pipeline from outside, until SIGTERM.

    Serves the live page, metrics and status, as the other processes do. Reads the topics, the job's
    committed offsets and the connectors' state. Starts and stays although the broker is down.
    """
    exit_with_parent()
    event_loop.run(_run(sources(broker, state, group), status_address))


def sources(broker: str, state: str, group: str) -> MonitorSources:
    """Where to look, by the addresses given or those of the last run here."""
    address = last_run.broker(broker)
    found = existing_state(state)
    return MonitorSources(
        lambda: options.connect_to_existing(address), group, found, places(address, found)
    )


def existing_state(given: str) -> str:
    """The state's address; "", with a line on stderr, if none is given and none is here."""
    address = last_run.state(given)
    if not is_installed():
        warn("state not read: pip install 'newsline[connectors]'")
        return ""
    if not given and "://" not in address and not Path(address).exists():
        warn(f"no state at {address}: feeds are not seen; give --state")
        return ""
    return address


def _page(watch: Monitor) -> str:
    """The live page; the verdict alone while the broker cannot be read."""
    try:
        return live_page.render(watch.broker())
    except BrokerError:
        words = escape(watch.status().verdict.sentence)
        return f"<!doctype html><title>newsline</title><h1>{words}</h1>"


async def _run(looks: MonitorSources, status_address: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    watch = Monitor(looks)
    probes = status.Probes(live=lambda: None, ready=watch.problem)
    async with status.serve(status_address, probes, lambda: _page(watch), watch) as url:
        announce(f"monitoring; status on {url}")
        await stop.wait()
