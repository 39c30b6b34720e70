"""The status endpoints of a process: /metrics, /livez, /readyz, /status.json, /events, and the live
page at /."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from newsline.monitor.monitor import Monitor
from newsline.service import metrics, status_metrics
from newsline.service.hosts import HOSTS, is_ours
from newsline.service.http_server import listening

CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
"""Allows only styles, so that no script from an article can run."""

Check = Callable[[], str | None]
"""Returns None or the problem in a few words. It must not block."""

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

EVENT_SECONDS = 2.0
"""Between two events, as the monitor looks no more often."""

HEARTBEAT_SECONDS = 15.0
"""Between two events that are the same: proxies close a connection that is silent for a minute."""


class Probes(NamedTuple):
    """``live`` fails if only a restart helps, ``ready`` while work cannot continue."""

    live: Check
    ready: Check


@asynccontextmanager
async def serve(
    address: str, probes: Probes, page: Callable[[], str], monitor: Monitor
) -> AsyncIterator[str]:
    """Serve on HOST:PORT while the block runs; port 0: a free one. Yields the page's URL.

    ``page`` returns the live page's HTML. It runs in a thread, as it may block. ``monitor`` looks
    while the block runs.
    """
    application = web.Application(middlewares=[_check_host(address)])
    application.add_routes(
        [
            web.get("/", _page(page)),
            web.get("/status.json", _status(monitor)),
            web.get("/events", _events(monitor)),
            web.get("/metrics", _metrics(monitor, probes.ready)),
            web.get("/livez", _probe(probes.live)),
            web.get("/readyz", _probe(probes.ready)),
        ]
    )
    with monitor:
        async with listening(application, address, "--status") as url:
            yield url


def _check_host(address: str) -> Middleware:
    """Refuse requests by names that are not ours: a web page whose name leads to this address
    would read the answers in an operator's browser."""
    named = {name.strip() for name in os.environ.get(HOSTS, "").split(",")}
    own = {address.rpartition(":")[0], *named}

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        if is_ours(host, own):
            return await handler(request)
        text = f"not a name of this server: name it in {HOSTS}\n"
        return web.Response(text=text, status=403)

    return check


def _page(page: Callable[[], str]) -> Answer:
    async def show(_: web.Request) -> web.Response:
        text = await asyncio.to_thread(page)
        headers = {"Content-Security-Policy": CSP}
        return web.Response(text=text, content_type="text/html", headers=headers)

    return show


def _metrics(monitor: Monitor, ready: Check) -> Answer:
    def exposition() -> bytes:
        families = status_metrics.families(monitor.status(), is_ready=ready() is None)
        return metrics.exposition(families, status_metrics.NAMES)

    async def answer(_: web.Request) -> web.Response:
        body = await asyncio.to_thread(exposition)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    return answer


def _status(monitor: Monitor) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        body = msgspec.json.encode(monitor.status())
        return web.Response(body=body, content_type="application/json")

    return answer


def _events(monitor: Monitor) -> Answer:
    """Server-sent events: the status at each change, and a comment if there is none."""

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        sent, silent = None, 0.0
        while True:
            now = monitor.status()
            if now is not sent:
                await response.write(b"data: " + msgspec.json.encode(now) + b"\n\n")
                sent, silent = now, 0.0
            elif silent >= HEARTBEAT_SECONDS:
                await response.write(b": no change\n\n")
                silent = 0.0
            await asyncio.sleep(EVENT_SECONDS)
            silent += EVENT_SECONDS

    return stream


def _probe(check: Check) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        problem = check()
        return web.Response(text=problem or "ok", status=503 if problem else 200)

    return answer
