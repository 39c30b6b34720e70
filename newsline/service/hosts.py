"""Host headers that browsers send only to whom they mean. Pure."""

from __future__ import annotations

from collections.abc import Set
from ipaddress import ip_address

HOSTS = "NEWSLINE_STATUS_HOSTS"
"""Further names, separated by commas."""


def is_ours(header: str, names: Set[str]) -> bool:
    """True for an address, a name without a dot, such as a container's, ``localhost`` and the
    names given; also without a header, which browsers always send.

    Addresses pass because DNS rebinding needs a name; a name without a dot is in no public DNS.
    """
    host = _host(header)
    if "." not in host or host.endswith(".localhost"):
        return True
    return host in set(map(_host, names)) or _is_address(host)


def _host(written: str) -> str:
    """A header or name without its port, in lower case."""
    bracketed = written.startswith("[")
    host = written[1:].partition("]")[0] if bracketed else written.partition(":")[0]
    return host.rstrip(".").lower()


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
