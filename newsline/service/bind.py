"""Listen on an address given by the operator."""

from __future__ import annotations

import os
import socket

from aiohttp import web

from newsline.errors import OperatorError


class ListenAddressError(OperatorError):
    """The address is in use or invalid."""


async def listen(runner: web.AppRunner, address: str, flag: str) -> str:
    """Serve on HOST:PORT, the value of ``flag``; port 0: a free one. Returns the URL.

    Raises ListenAddressError.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise ListenAddressError(f"{flag} {address!r} is not HOST:PORT")
    try:
        await web.TCPSite(runner, host.strip("[]"), int(port)).start()
    except OSError as error:
        unresolved = isinstance(error, socket.gaierror)  # its errno is not the system's
        reason = error.strerror if unresolved else os.strerror(error.errno or 0)
        raise ListenAddressError(
            f"cannot listen on {address} ({reason}):"
            f" give another with {flag}, such as 127.0.0.1:0 for any free port"
        ) from error
    return f"http://{host}:{runner.addresses[0][1]}/"
