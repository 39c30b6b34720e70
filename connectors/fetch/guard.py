"""The address guard: connect to public addresses and usual ports only, whatever host a feed or page
names.

The check runs where a socket is created, after name resolution, at each attempt to connect. It
covers literal addresses, redirects and DNS rebinding alike.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import AddrInfoType

USUAL_PORTS = frozenset({80, 443, 8080, 8443})
"""Behind other ports are databases and mail servers, not publishers."""

NOT_PUBLIC_V4 = tuple(
    IPv4Network(network)
    for network in (
        "192.0.0.0/24",  # is_global in Python 3.11, but IETF protocol assignments
        "192.88.99.0/24",  # 6to4 relays, deprecated
    )
)
DOCUMENTATION_V6 = IPv6Network("3fff::/20")
"""RFC 9637; newer than Python 3.11's tables."""

NAT64 = IPv6Network("64:ff9b::/96")
"""The other prefix, 64:ff9b:1::/48, is for local use: refused without decoding."""

UNICAST_V6 = IPv6Network("2000::/3")
"""The only block from which IANA allocates global unicast addresses."""

IPV4_COMPATIBLE = IPv6Network("::/96")


class AddressRefused(OSError):
    """The ``address`` is not public, or its port is not a usual one, for the ``reason``.

    The message is the same for all addresses: after several attempts, aiohttp raises the last error
    itself only if all messages are equal.
    """

    def __init__(self, address: str, reason: str) -> None:
        super().__init__("the address is not a public one")
        self.address = address
        self.reason = reason


def refusal(address: str) -> str | None:
    """Why a numeric IPv4 or IPv6 address is refused; None if it is public.

    Addresses that embed another one (IPv4-mapped, 6to4, Teredo, NAT64) are checked for both.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "not an address"
    return _refusal_v4(parsed) if isinstance(parsed, IPv4Address) else _refusal_v6(parsed)


def _refusal_v4(address: IPv4Address) -> str | None:
    if address.is_loopback:
        return "loopback"
    if address.is_link_local:
        return "link-local"
    if address.is_multicast:
        return "multicast"
    if not address.is_global or any(address in network for network in NOT_PUBLIC_V4):
        return "private or reserved"
    return None


def _refusal_v6(address: IPv6Address) -> str | None:
    carried = _carried(address)
    for inner in carried:
        if why := _refusal_v4(inner):
            return f"an embedding of {inner}: {why}"
    if carried and (address.ipv4_mapped or address.sixtofour or address in NAT64):
        return None
    if address.is_loopback or address.is_link_local:
        return "loopback" if address.is_loopback else "link-local"
    if address.is_multicast:
        return "multicast"
    public = address.is_global and address in UNICAST_V6 and address not in DOCUMENTATION_V6
    return None if public else "private or reserved"


def _carried(address: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses embedded in this one, to which packets may be routed."""
    if address in NAT64 or (address in IPV4_COMPATIBLE and int(address) > 1):
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    if address.teredo:
        return list(address.teredo)
    one = address.ipv4_mapped or address.sixtofour
    return [one] if one else []


def guarded_socket(addr_info: AddrInfoType) -> socket.socket:
    """A socket for aiohttp's ``TCPConnector(socket_factory=…)``. Raises AddressRefused."""
    family, kind, protocol, _, address = addr_info
    host, port = str(address[0]), address[1]
    if why := refusal(host):
        raise AddressRefused(host, why)
    if port not in USUAL_PORTS:
        usual = ", ".join(map(str, sorted(USUAL_PORTS)))
        raise AddressRefused(host, f"asked at port {port}, none of {usual}: allow it for the feed")
    return socket.socket(family, kind, protocol)
