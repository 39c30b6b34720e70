"""The addresses of the last run in this directory, for commands that only read.

``newsline run``, ``poll`` and ``enrich`` write them at their start. ``tail``, ``topics``, ``trace``
and ``feeds status`` use them if they are given no address.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import msgspec

from newsline.announce import PARENT, report
from newsline.broker import embedded_path
from newsline.cli.options import DEFAULT_BROKER, DEFAULT_STATE
from newsline.log_lines import LogEvent

FILE = Path("data/last-run.json")


class LastRun(msgspec.Struct, frozen=True):
    """Addresses, with paths relative to this directory. ``state``: "" if it is not a file."""

    broker: str
    state: str = ""


def write(broker: str, state: str = "") -> None:
    """Record a run's addresses, unless ``newsline run`` started it and has done so.

    Without ``state``, that of an earlier run on the same broker stays. A database's address is left
    out: it may hold a password. A directory that cannot be written is no reason to stop.
    """
    if PARENT in os.environ:
        return
    before = _read()
    if not state and before and before.broker == broker:
        return
    run = LastRun(broker, "" if "://" in state else state)
    with suppress(OSError):
        FILE.parent.mkdir(parents=True, exist_ok=True)
        new = FILE.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(run) + b"\n")
        new.replace(FILE)


def broker(given: str) -> str:
    """The address given; else the last run's, printed on stderr; else the default."""
    return given or _printed("broker") or DEFAULT_BROKER


def state(given: str) -> str:
    """Like :func:`broker`, for the connectors' state."""
    return given or _printed("state") or DEFAULT_STATE


def _printed(which: str) -> str:
    run = _read()
    address: str = getattr(run, which) if run else ""
    if address:
        report(f"newsline: reading {address} (the last run here)", LogEvent.LAST_RUN)
    return address


def _read() -> LastRun | None:
    """None if nothing has run here, or if its files are gone."""
    try:
        run = msgspec.json.decode(FILE.read_bytes(), type=LastRun)
    except (OSError, msgspec.DecodeError):
        return None
    files = (embedded_path(run.broker), run.state)
    return run if all(Path(file).exists() for file in files if file and "://" not in file) else None
