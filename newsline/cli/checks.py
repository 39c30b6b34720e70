"""Options' values that are checked before a command begins."""

from __future__ import annotations

import re

from newsline.errors import OperatorError

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@,*\[\]]+)(?::(\d{1,5}))?")


def hosts(values: list[str]) -> list[str]:
    """Each a host or host:port, written as in a URL that is fetched. Raises OperatorError."""
    return [_host(value) for value in values]


def _host(value: str) -> str:
    from yarl import URL

    found = _HOST.fullmatch(value)
    try:
        url = URL(f"http://{found[1]}/") if found else URL()
    except ValueError:
        url = URL()
    host, port = url.host_subcomponent, found[2] if found else None
    if not host or int(port or 0) > 65_535:
        raise OperatorError(
            f"--allow {value!r} is not HOST or HOST:PORT: several have an --allow each,"
            " or spaces between them in NEWSLINE_ALLOW"
        )
    return f"{host}:{int(port)}" if port else host


def contact(value: str) -> str:
    """On one line, for it is sent in a header. Raises OperatorError."""
    if not value.isprintable():
        raise OperatorError(
            f"--contact {value!r} has a line's end or another control character: give a URL or"
            " an e-mail address alone"
        )
    return value
