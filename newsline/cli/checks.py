"""Checks of option values, made before a command starts."""

from __future__ import annotations

import re

from newsline.errors import OperatorError

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@,*\[\]]+)(?::(\d{1,5}))?")


def hosts(values: list[str]) -> list[str]:
    """Normalise each HOST or HOST:PORT as in a URL. Raises OperatorError."""
    return [_host(value) for value in values]


def _host(value: str) -> str:
    from yarl import URL

    match = _HOST.fullmatch(value)
    try:
        url = URL(f"http://{match[1]}/") if match else URL()
    except ValueError:
        url = URL()
    host, port = url.host_subcomponent, match[2] if match else None
    if not host or int(port or 0) > 65_535:
        raise OperatorError(
            f"--allow {value!r} is not HOST or HOST:PORT: repeat --allow for each host,"
            " or separate hosts by spaces in NEWSLINE_ALLOW"
        )
    return f"{host}:{int(port)}" if port else host


def contact(value: str) -> str:
    """Return the value, which is sent in a header. Raises OperatorError if it is not one line."""
    if not value.isprintable():
        raise OperatorError(
            f"--contact {value!r} contains a control character: give only a URL or an e-mail"
            " address"
        )
    return value
