"""Who may start workers: processes of this user, on this machine, for an address on this machine.

gRPC's Java client, which Flink's Beam runner has, offers no credentials here: the runner takes an
address only. The kernel knows the user of each local connection.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Set
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

CALLERS = "NEWSLINE_WORKER_CALLERS"
"""Further user ids, separated by commas: that of a task manager in a container of its own."""

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
"""The kernel's connections in the network of this process."""

ESTABLISHED = "01"


class Endpoint(NamedTuple):
    """One end of a connection."""

    address: IPv4Address | IPv6Address
    port: int


def refusal(peer: str, control: str, environment: str | None = None) -> str:
    """Why a caller may not start a worker for a control endpoint; empty if it may.

    ``peer``: as gRPC has it, ``ipv4:127.0.0.1:40100``. Off Linux the user is not known.
    """
    if not _is_local(control):
        return f"the control endpoint {control} is not on this machine"
    tables = [table for table in TABLES if table.exists()]
    if not tables:
        return ""
    users = _users(_peer(peer), _connections(tables))
    if not users:
        return f"the caller {peer} is not a process of this machine"
    refused = users - _allowed(environment)
    return f"user {min(refused)} may not start workers: name it in {CALLERS}" if refused else ""


def _is_local(address: str) -> bool:
    host = address.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _allowed(environment: str | None) -> Set[int]:
    named = os.environ.get(CALLERS, "") if environment is None else environment
    return {0, os.getuid(), *(int(each) for each in named.split(",") if each.strip().isdecimal())}


def _users(caller: Endpoint, rows: Iterable[list[str]]) -> Set[int]:
    """The users of the open connections whose own end this is.

    The whole end counts, not its port: on another address of this machine, another user may have
    the same port. Closed connections do not count: the kernel gives them to root.
    """
    return {int(row[7]) for row in rows if row[3] == ESTABLISHED and _end(row[1]) == caller}


def _peer(text: str) -> Endpoint:
    host, _, port = unquote(text.partition(":")[2]).rpartition(":")
    return Endpoint(_unmapped(ip_address(host.strip("[]"))), int(port))


def _end(text: str) -> Endpoint:
    """An end in the kernel's table: words of 32 bits in the order of this machine, and the port."""
    words, _, port = text.partition(":")
    parts = [int(words[at : at + 8], 16) for at in range(0, len(words), 8)]
    packed = b"".join(part.to_bytes(4, sys.byteorder) for part in parts)
    return Endpoint(_unmapped(ip_address(packed)), int(port, 16))


def _unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address behind ``::ffff:127.0.0.1``: Java's sockets are IPv6 ones."""
    return getattr(address, "ipv4_mapped", None) or address


def _connections(tables: Iterable[Path]) -> Iterator[list[str]]:
    """The kernel's rows of address, port and user."""
    for table in tables:
        yield from (line.split() for line in table.read_text().splitlines()[1:])
