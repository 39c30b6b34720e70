"""What a running process shows: /metrics, /livez, /readyz and, at /, a plain live page."""

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
"""The page is text and style: whatever an article brings with it, no script runs."""

Check = Callable[[], str | None]
"""None while all is well; else what is wrong, in a few words. At once: it may not block."""

Handler = Callable[[web.Request], Awaitable[web.Response]]


class Probes(NamedTuple):
    """``live`` fails where only a restart helps, ``ready`` while the work cannot go on."""

    live: Check
    ready: Check


@asynccontextmanager
async def serve(address: str, probes: Probes, page: Callable[[], str]) -> AsyncIterator[str]:
    """Serve on HOST:PORT (port 0: a free one) while the block runs; yields the page's URL.

    ``page`` gives the live page's HTML; it may block, so it runs in a thread.
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
