"""The status endpoints of a process: /metrics, /livez, /readyz, /status.json, /version, and what
the caller adds."""

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
from newsline.service import metrics, status_metrics, version
from newsline.service.access import StatusAccess, check_bind
from newsline.service.hosts import HOSTS, is_ours
from newsline.service.http_server import listening
from newsline.service.login import check_token

Check = Callable[[], str | None]
"""Returns None or the problem in a few words. It must not block."""

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

AddRoutes = Callable[[web.Application], None]
"""Adds further paths, such as those of the live page."""


class Probes(NamedTuple):
    """``live`` fails if only a restart helps, ``ready`` while work cannot continue."""

    live: Check
    ready: Check


@asynccontextmanager
async def serve(
    address: str, probes: Probes, access: StatusAccess, monitor: Monitor, *further: AddRoutes
) -> AsyncIterator[str]:
    """Serve on HOST:PORT while the block runs; port 0: a free one. Yields the page's URL.

    ``monitor`` looks while the block runs. Raises OperatorError if others would reach the address,
    and ``access`` keeps nobody out.
    """
    check_bind(address, access)
    application = web.Application(middlewares=[_check_host(address), check_token(access)])
    application.add_routes(
        [
            web.get("/status.json", _status(monitor)),
            web.get("/version", _version),
            web.get("/metrics", _metrics(monitor, probes.ready)),
            web.get("/livez", _probe(probes.live)),
            web.get("/readyz", _probe(probes.ready)),
        ]
    )
    for add in further:
        add(application)
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


async def _version(_: web.Request) -> web.Response:
    found = await asyncio.to_thread(version.version)
    return web.Response(body=msgspec.json.encode(found), content_type="application/json")


def _probe(check: Check) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        problem = check()
        return web.Response(text=problem or "ok", status=503 if problem else 200)

    return answer
