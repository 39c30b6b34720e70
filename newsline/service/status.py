"""The status endpoints of a process: /metrics, /livez, /readyz, and the live page at /."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from newsline.service import metrics
from newsline.service.bind import listen

CSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Allows only styles, so that no script from an article can run."""

Check = Callable[[], str | None]
"""Returns None or the problem in a few words. It must not block."""

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Probes(NamedTuple):
    """``live`` fails if only a restart helps, ``ready`` while work cannot continue."""

    live: Check
    ready: Check


@asynccontextmanager
async def serve(address: str, probes: Probes, page: Callable[[], str]) -> AsyncIterator[str]:
    """Serve on HOST:PORT while the block runs; port 0: a free one. Yields the page's URL.

    ``page`` returns the live page's HTML. It runs in a thread, as it may block.
    """
    application = web.Application()
    application.add_routes(
        [
            web.get("/", _page(page)),
            web.get("/metrics", _metrics),
            web.get("/livez", _probe(probes.live)),
            web.get("/readyz", _probe(probes.ready)),
        ]
    )
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        yield await listen(runner, address, "--status")
    finally:
        await runner.cleanup()


def _page(page: Callable[[], str]) -> Handler:
    async def show(_: web.Request) -> web.Response:
        text = await asyncio.to_thread(page)
        headers = {"Content-Security-Policy": CSP}
        return web.Response(text=text, content_type="text/html", headers=headers)

    return show


async def _metrics(_: web.Request) -> web.Response:
    body = await asyncio.to_thread(metrics.exposition)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def _probe(check: Check) -> Handler:
    async def answer(_: web.Request) -> web.Response:
        problem = check()
        return web.Response(text=problem or "ok", status=503 if problem else 200)

    return answer
