"""Who may read the status endpoints: feeds, articles and records are not for strangers."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from newsline.errors import OperatorError
from newsline.private_files import read_secret, warn_if_open

COOKIE = "newsline_status"


TOKEN_FILE = "NEWSLINE_STATUS_TOKEN_FILE"
"""File with the token, in place of ``--status-token``, which every user of the machine can see."""


VISIBLE = re.compile(r"[!-~]+")


class StatusAccess(NamedTuple):
    """``token``: asked of every reader; "" for none. ``behind_proxy``: something in front decides
    who reaches the address, so that none is needed."""

    token: str = ""
    behind_proxy: bool = False


class Endpoints(NamedTuple):
    """Where the status endpoints are served, and to whom."""

    address: str
    access: StatusAccess


def access(token: str, *, behind_proxy: bool) -> StatusAccess:
    """From the options, or the file that the environment names. Raises OperatorError."""
    file = os.environ.get(TOKEN_FILE, "")
    if file and not token:
        warn_if_open(file)
        token = read_secret(file)
    if (token or file) and not VISIBLE.fullmatch(token):
        raise OperatorError(
            f"the status token of {TOKEN_FILE if file else '--status-token'} is empty, or has"
            " spaces or characters other than ASCII: make one with openssl rand -hex 16"
        )
    return StatusAccess(token, behind_proxy)


def check_bind(address: str, access: StatusAccess) -> None:
    """Raises OperatorError for HOST:PORT that others reach, if nothing keeps them out."""
    host = address.rpartition(":")[0].strip("[]")
    if access.token or access.behind_proxy or not host or is_loopback(host):
        return
    raise OperatorError(
        f"--status {address} would show feeds and articles to everyone who reaches it: give"
        " --status-token (or NEWSLINE_STATUS_TOKEN_FILE), or --behind-proxy if a proxy or a"
        " network policy decides who does, or listen on 127.0.0.1"
    )


def is_loopback(host: str) -> bool:
    """True only for ``localhost`` and loopback addresses: another name may lead anywhere."""
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def has_token(access: StatusAccess, authorization: str, cookie: str) -> bool:
    """True if one of both shows that the reader has the token, or if none is needed."""
    if not access.token:
        return True
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "bearer" and is_token(access, given.strip()):
        return True
    return _equal(cookie, cookie_value(access))


def is_token(access: StatusAccess, given: str) -> bool:
    return _equal(given, access.token)


def cookie_value(access: StatusAccess) -> str:
    """Made of the token, which it does not reveal; another token makes it worthless."""
    return hmac.new(access.token.encode(), b"newsline status page", hashlib.sha256).hexdigest()


def _equal(given: str, wanted: str) -> bool:
    """In the same time, wherever they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
