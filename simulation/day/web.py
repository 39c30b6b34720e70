"""The sites of a plan, served by a simulated clock on one real HTTP server on 127.0.0.1."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import socket
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import format_datetime

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from newsline.clock import Clock
from simulation.day.feeds import WINDOW, render
from simulation.day.pages import shown
from simulation.day.plan import Feed, Kind, Plan, Story, Trouble, Version

ROBOTS = "User-agent: *\nDisallow: /members/\n"
SLOW_SECONDS = 0.3
FLAKY = 2
"""Requests that a flaky page answers with an error."""


class World:
    """``served``: the versions of each story that somebody was shown, in turn; ``too_early``:
    requests that came while their site had asked to be left alone, but for those that were underway
    when it did."""

    def __init__(self, plan: Plan, clock: Clock) -> None:
        self.plan = plan
        self._clock = clock
        self._feeds = {(feed.host, feed.path): feed for feed in plan.feeds}
        self._stories = {(s.host, path): s for s in plan.stories for path in s.paths}
        self._listed = {
            feed: [story for story in plan.stories if plan.lists(feed, story)]
            for feed in plan.feeds
        }
        self._etags = itertools.count()
        self._asked: Counter[Story] = Counter()
        self._alone: dict[str, tuple[float, float]] = {}
        self.port = 0
        self.served: defaultdict[Story, list[Version]] = defaultdict(list)
        self.troubles: Counter[str] = Counter()
        self.too_early = 0

    def url(self, host: str, path: str) -> str:
        return f"http://{host}:{self.port}{path}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        host = request.host.partition(":")[0]
        path = request.path.partition(";")[0]  # a session
        feed = self._feeds.get((host, path.removesuffix("/now")))
        asked, until = self._alone.get(host, (0.0, 0.0))
        self.too_early += asked < self._clock() < until
        if trouble := self._trouble(host, path):
            self.troubles[trouble.kind] += 1
            if trouble.kind != "slow":
                return await self._in_trouble(request, trouble)
            await asyncio.sleep(SLOW_SECONDS)
        if path == "/robots.txt":
            return web.Response(text=ROBOTS)
        if feed:
            return self._feed(request, feed)
        story = self._stories.get((host, path))
        version = story.at(self._clock()) if story else None
        if story is None or version is None:
            return web.Response(status=404)
        if path != (now := story.path(version)):
            raise web.HTTPMovedPermanently(now)
        return self._page(story, version)

    def _trouble(self, host: str, path: str) -> Trouble | None:
        now = self._clock()
        for trouble in self.plan.troubles:
            holds = trouble.begin <= now and (now < trouble.end or trouble.kind == "410")
            if trouble.host == host and trouble.path in (None, path) and holds:
                return trouble
        return None

    async def _in_trouble(self, request: web.Request, trouble: Trouble) -> web.StreamResponse:
        match trouble.kind:
            case "down":
                assert request.transport is not None
                request.transport.abort()
            case "hangs":
                await asyncio.Event().wait()
            case "429":
                return self._left_alone(trouble, f"{trouble.end - self._clock():.0f}")
            case "503":
                until = datetime.fromtimestamp(trouble.end, UTC)
                return self._left_alone(trouble, format_datetime(until, usegmt=True))
        status = int(trouble.kind) if trouble.kind.isdigit() else 500
        return web.Response(status=status)

    def _left_alone(self, trouble: Trouble, retry_after: str) -> web.Response:
        self._alone[trouble.host] = self._clock(), trouble.end - 1.0  # in whole seconds
        return web.Response(status=int(trouble.kind), headers={"Retry-After": retry_after})

    def _feed(self, request: web.Request, feed: Feed) -> web.StreamResponse:
        now = self._clock()
        if feed.moved and not request.path.endswith("/now"):
            raise web.HTTPMovedPermanently(f"{feed.path}/now")
        out = [(story, at) for story in self._listed[feed] if (at := story.at(now))]
        out.sort(key=lambda pair: pair[0].versions[0].at, reverse=True)
        asked = now if feed.style in ("new_bytes", "sessions") else None
        body = render(feed, self.url(feed.host, ""), out[:WINDOW], asked)
        headers = {"Content-Type": "application/xml" if feed.format != "json" else "text/json"}
        tag = hashlib.sha256(body).hexdigest()[:16]
        if feed.style == "new_etags":
            tag = f"{next(self._etags)}"
        if feed.style not in ("bare", "ttl"):
            headers["ETag"] = f'"{tag}"'
        if feed.style == "max_age":
            headers["Cache-Control"] = "max-age=600"
        if request.headers.get("If-None-Match") == f'"{tag}"':
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers=headers)

    def _page(self, story: Story, version: Version) -> web.StreamResponse:
        self._asked[story] += 1
        if story.kind is Kind.FLAKY and self._asked[story] <= FLAKY:
            return web.Response(status=500)
        if story.kind in (Kind.IN_FEED, Kind.MISSING):
            return web.Response(status=404)
        self.served[story].append(version)
        kind = "application/pdf" if story.kind is Kind.PDF else "text/html"
        return web.Response(body=shown(story, version), content_type=kind)


class Resolver(AbstractResolver):
    """All names lead to 127.0.0.1."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        """There is nothing to close."""


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[None]:
    """Serve it on a free port for the time of the block."""
    application = web.Application()
    application.router.add_get("/{path:.*}", world.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        world.port = runner.addresses[0][1]
        yield
    finally:
        await runner.cleanup()
