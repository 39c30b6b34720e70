"""Where ``newsline monitor`` and ``newsline status`` look."""

from __future__ import annotations

from pathlib import Path

from newsline.announce import warn
from newsline.cli import last_run, options
from newsline.monitor.disks import places
from newsline.monitor.monitor import MonitorSources
from newsline.monitor.state_look import is_installed


def sources(broker: str, state: str, group: str) -> MonitorSources:
    """By the broker's address, and the state's one given or that of the last run here."""
    found = _state(state)
    return MonitorSources(
        connect=lambda: options.connect_to_existing(broker),
        group=group,
        state=found,
        required=bool(state) or Path(found).is_file(),
        places=places(broker, found),
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
