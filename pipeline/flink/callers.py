"""Who may start workers: processes of this user, on this machine, for an address on this machine.

gRPC's Java client, which Flink's Beam runner has, offers no credentials here: the runner takes an
address only. The kernel knows the user of each local connection.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Set
from ipaddress import ip_address
from pathlib import Path

CALLERS = "NEWSLINE_WORKER_CALLERS"
"""Further user ids, separated by commas: that of a task manager in a container of its own."""

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


def refusal(peer: str, control: str, environment: str | None = None) -> str:
    """Why a caller may not start a worker for a control endpoint; empty if it may.

    ``peer``: as gRPC has it, ``ipv4:127.0.0.1:40100``. Off Linux the user is not known.
    """
    if not _is_local(control):
        return f"the control endpoint {control} is not on this machine"
    user = _user(int(peer.rpartition(":")[2]), _connections())
    if user is None or user in _allowed(environment):
        return ""
    return f"user {user} may not start workers: name it in {CALLERS}"


def _is_local(address: str) -> bool:
    host = address.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _allowed(environment: str | None) -> Set[int]:
    named = os.environ.get(CALLERS, "") if environment is None else environment
    return {0, os.getuid(), *(int(each) for each in named.split(",") if each.strip().isdecimal())}


def _user(port: int, rows: Iterable[list[str]]) -> int | None:
    """The user of the connection whose own port this is; None where the kernel does not say."""
    return next((int(row[7]) for row in rows if _port(row[1]) == port and _port(row[2])), None)


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def _connections() -> Iterator[list[str]]:
    """The kernel's table of this network: rows of address, port and user."""
    for table in TABLES:
        if table.exists():
            yield from (line.split() for line in table.read_text().splitlines()[1:])
