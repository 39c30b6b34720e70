"""The sample's server: three sites on free ports, in two chapters.

Chapter one is the state at the start. Chapter two begins ``delay`` seconds after all feeds, and all
pages that will change, were requested once, so that slow readers see the change too: one story is
revised, another one is published. When every feed was requested again, the sample is finished.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

from aiohttp import ETag, web
from msgspec.structs import replace

from newsline.sample.edition import Edition
from newsline.sample.expected import ExpectedCounts, expected_counts
from newsline.sample.feed_formats import CONTENT_TYPES, feed_document
from newsline.sample.pages import article_page, home_page
from newsline.sample.pdf import pdf
from newsline.sample.sites import SITES, Site
from newsline.sample.stories import STORIES, Role

ROBOTS = "User-agent: *\nAllow: /\nDisallow: /private/\n"
ABSENT = (Role.GONE, Role.PAGE_GONE)


class Newsroom:
    """Serves the sample news sites while its context is entered.

    ``delay`` is in seconds. ``second_chapter`` is set when chapter two begins, ``finished`` when
    every feed was requested in it; the sites go on serving.
    """

    def __init__(self, host: str = "127.0.0.1", *, delay: float = 6.0) -> None:
        self.second_chapter = asyncio.Event()
        self.finished = asyncio.Event()
        self._host = host
        self._delay = delay
        self._edition = Edition(origins={}, opened=_now())
        self._unrequested: set[str] = set()
        self._all_requested = asyncio.Event()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            origins = {site.key: await self._serve(site, stack) for site in SITES.values()}
            self._edition = Edition(origins=origins, opened=_now())
            playing = asyncio.create_task(self._play())
            stack.callback(playing.cancel)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    @property
    def feeds(self) -> tuple[str, ...]:
        """The feeds' URLs."""
        return tuple(self._edition.feed_url(site) for site in SITES.values())

    @property
    def hosts(self) -> tuple[str, ...]:
        """``host:port`` of each site, to be allowed by the address guard."""
        origins = self._edition.origins.values()
        return tuple(origin.removeprefix("http://") for origin in origins)

    @property
    def edition(self) -> Edition:
        """The current edition."""
        return self._edition

    @property
    def expected(self) -> ExpectedCounts:
        """The exact counts at the end of a run, over both chapters."""
        return expected_counts(replace(self._edition, second=self._edition.opened))

    async def _serve(self, site: Site, stack: AsyncExitStack) -> str:
        """Start the site; returns its origin."""

        async def answer(request: web.Request) -> web.Response:
            return self._answer(site, request)

        application = web.Application()
        application.router.add_get("/{path:.*}", answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, self._host, 0).start()
        return f"http://{self._host}:{runner.addresses[0][1]}"

    async def _play(self) -> None:
        changing = {story.slug for story in STORIES if story.revision == 2}
        pages = {
            self._edition.url(story) for story in self._edition.stories() if story.slug in changing
        }
        await self._wait_for_requests({*self.feeds, *pages})
        await asyncio.sleep(self._delay)
        self._edition = replace(self._edition, second=_now())
        self.second_chapter.set()
        await self._wait_for_requests(set(self.feeds))
        self.finished.set()

    async def _wait_for_requests(self, urls: set[str]) -> None:
        """Return when each of the URLs has been requested."""
        self._unrequested = urls
        self._all_requested.clear()
        await self._all_requested.wait()

    def _answer(self, site: Site, request: web.Request) -> web.Response:
        tracking = [name for name in request.query if name.startswith("utm_")]
        path = str(request.rel_url.without_query_params(*tracking))
        response = self._response(site, path, request)
        self._unrequested.discard(self._edition.origins[site.key] + path)
        if not self._unrequested:
            self._all_requested.set()
        return response

    def _response(self, site: Site, path: str, request: web.Request) -> web.Response:
        if path == site.feed_path:
            return _feed_response(self._edition, site, request)
        if path == "/robots.txt":
            return web.Response(text=ROBOTS)
        if path == "/":
            return _html(home_page(self._edition, site))
        return _article_response(self._edition, self._edition.origins[site.key] + path)


def _article_response(edition: Edition, url: str) -> web.Response:
    for story in edition.stories():
        if url in (edition.url(story), edition.second_url(story)) and story.role not in ABSENT:
            if story.role is Role.NOT_HTML:
                return web.Response(body=pdf(story.title), content_type="application/pdf")
            return _html(article_page(edition, story))
    return _html("<!DOCTYPE html><title>Not found</title><h1>Page not found</h1>", status=404)


def _feed_response(edition: Edition, site: Site, request: web.Request) -> web.Response:
    """The feed, or 304 by RFC 9110, 13.2.2: If-None-Match takes precedence."""
    body = feed_document(edition, site)
    tag = hashlib.sha256(body).hexdigest()[:16]
    updated = edition.updated(site)
    if request.if_none_match is not None:
        known = any(known.value in (tag, "*") for known in request.if_none_match)
    else:
        since = request.if_modified_since
        known = since is not None and updated <= since
    response = web.Response(status=HTTPStatus.NOT_MODIFIED) if known else web.Response(body=body)
    if not known:
        response.content_type, response.charset = CONTENT_TYPES[site.format], "utf-8"
    response.etag = ETag(tag)
    response.last_modified = updated
    response.headers["Cache-Control"] = "max-age=1"
    return response


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, content_type="text/html", status=status)


def _now() -> datetime:
    # HTTP dates are in whole seconds.
    return datetime.now(UTC).replace(microsecond=0)
