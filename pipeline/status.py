"""What a running process shows: /metrics, /livez, /readyz and, at /, a plain live page."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiohttp import web

from pipeline import metrics
from pipeline.errors import OperatorError

Check = Callable[[], str | None]
"""None while all is well; else what is wrong, in a few words."""


class Probes(NamedTuple):
    """``live`` fails where only a restart helps, ``ready`` while the work cannot go on."""

    live: Check
    ready: Check


class StatusAddressError(OperatorError):
    """The status address is taken, or is none."""


@asynccontextmanager
async def serve(address: str, probes: Probes, page: Callable[[], str]) -> AsyncIterator[str]:
    """Serve on HOST:PORT (port 0: a free one) while the block runs; yields the page's URL.

    ``page`` gives the live page's HTML; it may block, so it runs in a thread.
    """
    application = web.Application()
    application.add_routes(
        [
            web.get("/", lambda _: _page(page)),
            web.get("/metrics", _metrics),
            web.get("/livez", lambda _: _probe(probes.live)),
            web.get("/readyz", lambda _: _probe(probes.ready)),
        ]
    )
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        yield await _listen(runner, address)
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, address: str) -> str:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise StatusAddressError(f"--status {address!r} is not HOST:PORT")
    try:
        await web.TCPSite(runner, host, int(port)).start()
    except OSError as error:
        raise StatusAddressError(
            f"cannot serve the status page on {address} ({os.strerror(error.errno or 0)}):"
            " give another with --status, such as 127.0.0.1:0 for any free port"
        ) from error
    return f"http://{host}:{runner.addresses[0][1]}/"


async def _page(page: Callable[[], str]) -> web.Response:
    headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
    text = await asyncio.to_thread(page)
    return web.Response(text=text, content_type="text/html", headers=headers)


async def _metrics(_: web.Request) -> web.Response:
    return web.Response(
        body=metrics.exposition(), headers={"Content-Type": "text/plain; version=0.0.4"}
    )


async def _probe(check: Check) -> web.Response:
    problem = check()
    return web.Response(text=problem or "ok", status=503 if problem else 200)
