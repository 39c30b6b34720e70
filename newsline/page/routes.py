"""The page's addresses: ``/``, with a search in ``?q=``, its files, and ``/events``. Read only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from newsline.monitor.snapshot import Condition, Status
from newsline.page.document import ASSETS, MOST_ASKED, Shown, document
from newsline.page.found import found_section
from newsline.page.live import LivePage
from newsline.page.recent import RecentReader
from newsline.page.search import Searchable, SearchResult, search

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""No script and no style from an article can run, and nothing is asked of another origin."""

EVENT_SECONDS = 2.0
"""Between two events; the page is grey after 14 s without one."""

MOST_STREAMS = 50

BUSY = SearchResult(note="Another search is in progress: try again in some seconds.")

ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<rect width="16" height="16" rx="4" fill="{color}"/>
<path d="M4 12V4l8 8V4" fill="none" stroke="#fff" stroke-width="2"/></svg>
"""
COLORS: Mapping[str, str] = {
    Condition.HEALTHY: "#14653a",
    Condition.DEGRADED: "#b06000",
    Condition.BROKEN: "#b3221b",
    Condition.UNKNOWN: "#565f6a",
}
CALM = "#45617f"

CLOSING = web.AppKey("closing", asyncio.Event)


def live_page(status: Callable[[], Status], where: Searchable) -> Callable[[web.Application], None]:
    """A function that adds the page to an application. ``status`` may block; what it raises makes
    figures unknown."""

    def add(application: web.Application) -> None:
        handlers = _Handlers(LivePage(status, RecentReader(where.broker)), where)
        application[CLOSING] = asyncio.Event()
        application.on_shutdown.append(_close_streams)
        application.add_routes(
            [
                web.get("/", handlers.page),
                web.get("/events", handlers.events, allow_head=False),
                web.get("/page.css", _file("page.css", "text/css")),
                web.get("/page.js", _file("page.js", "text/javascript")),
                web.get("/icon.svg", _icon),
            ]
        )

    return add


async def _close_streams(application: web.Application) -> None:
    application[CLOSING].set()


class _Handlers:
    def __init__(self, live: LivePage, where: Searchable) -> None:
        self._live = live
        self._where = where
        self._searching = asyncio.Lock()
        self._streams = 0

    async def page(self, request: web.Request) -> web.Response:
        shown = await self._live.now()
        query = request.query.get("q", "").strip()[:MOST_ASKED]
        found = found_section(query, await self._search(query), time.time()) if query else ""
        headers = {"Content-Security-Policy": CSP}
        text = document(shown, query, found)
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def _search(self, query: str) -> SearchResult:
        """One at a time: a search reads topics for seconds."""
        if self._searching.locked():
            return BUSY
        async with self._searching:
            return await asyncio.to_thread(search, query, self._where)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The parts of the page that have changed, until the reader leaves or the server ends."""
        if self._streams >= MOST_STREAMS:
            return web.Response(text="too many readers\n", status=503)
        headers = {"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        response = web.StreamResponse(headers=headers)
        closing = request.app[CLOSING]
        self._streams += 1
        try:
            with suppress(ConnectionResetError):
                await response.prepare(request)
                await self._stream(response, closing)
        finally:
            self._streams -= 1
        return response

    async def _stream(self, response: web.StreamResponse, closing: asyncio.Event) -> None:
        sent: dict[str, str] = {}
        while not closing.is_set():
            shown = await self._live.now()
            await response.write(_event(shown, sent))
            sent = dict(shown.parts)
            with suppress(TimeoutError):
                async with asyncio.timeout(EVENT_SECONDS):
                    await closing.wait()


def _event(shown: Shown, sent: dict[str, str]) -> bytes:
    """JSON in one line, with the parts that differ from those sent."""
    parts = {name: html for name, html in shown.parts.items() if sent.get(name) != html}
    data = {
        "clock": shown.clock,
        "title": shown.title,
        "condition": shown.condition,
        "parts": parts,
    }
    return b"event: page\ndata: " + msgspec.json.encode(data) + b"\n\n"


def _file(name: str, content_type: str) -> Handler:
    text = (ASSETS / name).read_text()

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type=content_type)

    return answer


async def _icon(request: web.Request) -> web.Response:
    """In the color of the condition, for the browser's tab."""
    color = COLORS.get(request.query_string, CALM)
    return web.Response(text=ICON.format(color=color), content_type="image/svg+xml")
