"""A GET with its redirects: guarded, capped, polite, and each failure one of a closed set."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from importlib.metadata import version
from types import TracebackType
from typing import Literal, Self

import aiohttp
import msgspec
from aiohttp import SocketFactoryType
from aiohttp.abc import AbstractResolver
from yarl import URL

from connectors.fetch.guard import guarded_socket, is_allowed
from connectors.fetch.limiter import Seats
from connectors.fetch.request import Limits, exchange, parsed, shown
from connectors.fetch.response import FetchFailed, Redirect, Response, Validators
from connectors.fetch.robots import MAX_BYTES as ROBOTS_BYTES
from connectors.fetch.robots import Robots
from connectors.fetch.tdmrep import Tdmrep
from connectors.fetch.throttle import OWN, Manners
from newsline.clock import Clock
from newsline.outcomes import FetchOutcome

TOTAL_SECONDS = 30.0
MAX_REDIRECTS = 5
MAX_HEADER_LINE = 32 * 1024
"""Bytes of one header; content security policies of 10 KB are common. There may be 128 of them."""

NAMES_KEPT = 300

Kind = Literal["feed", "page", "robots", "hub"]

LIMITS: Mapping[Kind, Limits] = {
    "feed": Limits(10 * 1024**2),
    "page": Limits(5 * 1024**2),
    "robots": Limits(ROBOTS_BYTES, cut=True),
    "hub": Limits(4 * 1024, cut=True),
}

ACCEPT: Mapping[Kind, str] = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
    "hub": "*/*",
}


class Fetcher:
    """Fetches feeds and pages while its context is entered.

    ``contact`` (a URL or an address) tells a publisher who is asking. ``allow`` names the hosts,
    as ``host`` or ``host:port``, that may have private addresses; ``own`` are the manners with
    them, ``manners`` those with all others. ``seconds`` is what a fetch may take with all its
    redirects, without the time in which it waits for its turn. ``resolver`` looks names up; the
    system's by default. ``clock`` takes the place of both the system's.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        allow: frozenset[str] = frozenset(),
        manners: Manners = Manners(),  # noqa: B008 - it is frozen
        own: Manners = OWN,
        seconds: float = TOTAL_SECONDS,
        resolver: AbstractResolver | None = None,
        clock: Clock | None = None,
    ) -> None:
        agent = f"newsline/{version('newsline')}"
        self._user_agent = f"{agent} (+{contact})" if contact else agent
        self._allow = allow
        self._seats = Seats(manners, clock or time.monotonic)
        self._own_seats = Seats(own, clock or time.monotonic)
        self._seconds = seconds
        self._resolver = resolver
        self._clock = clock or time.time
        self._robots = Robots(self._get_rules, clock or time.monotonic)
        self._tdmrep = Tdmrep(self._get_rules, clock or time.monotonic)

    async def __aenter__(self) -> Self:
        # Each session has its own connections and its own memory of names: what was resolved or
        # connected for an allowed name is never used for another one.
        tls = ssl.create_default_context()
        self._guarded = self._session(tls, guarded_socket)
        self._trusting = self._session(tls, None)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._guarded.close()
        await self._trusting.close()

    async def get(
        self, url: str, *, validators: Validators | None = None, kind: Literal["feed", "page"]
    ) -> Response:
        """The response to a GET: status 2xx, or 304 where there are validators.

        A feed may have 10 MiB and a page 5 MiB, decoded. For a page robots.txt is respected, on
        each host that it is redirected to, and tdmrep.json of the last one is read. A validator
        that is no UTF-8 is given as None, since it could not be stored. Raises FetchFailed.
        """
        headers = validators.headers() if validators else {}
        response = await self._get(parsed(url), kind, headers)
        if kind == "feed":
            return response
        site = await self._tdmrep.says(URL(response.url))
        return msgspec.structs.replace(response, reserved_by_site=site)

    async def post(self, url: str, form: Mapping[str, str]) -> None:
        """Send a form to a WebSub hub, wherever it redirects to. Raises FetchFailed."""
        await self._get(parsed(url), "hub", {}, form)

    async def _get_rules(self, url: URL) -> bytes:
        return (await self._get(url, "robots", {})).body

    async def _get(
        self,
        url: URL,
        kind: Kind,
        headers: Mapping[str, str],
        form: Mapping[str, str] | None = None,
    ) -> Response:
        conditional = bool(headers)
        headers = {"Accept": ACCEPT[kind], **headers}
        redirects: tuple[Redirect, ...] = ()
        left = self._seconds
        while len(redirects) <= MAX_REDIRECTS:
            if kind == "page" and not await self._robots.allowed(url):
                raise FetchFailed(FetchOutcome.ROBOTS, f"robots.txt disallows {shown(url)}")
            allowed = is_allowed(url, self._allow)
            session = self._trusting if allowed else self._guarded
            seats = self._own_seats if allowed else self._seats
            async with seats.take(url, self._robots.crawl_delay(url), poll=kind == "feed"):
                started = time.monotonic()
                answer = await exchange(
                    session, url, headers, LIMITS[kind], left, form, self._clock
                )
                left = max(0.0, left - (time.monotonic() - started))
            if isinstance(answer, Response):
                if answer.status == 304 and not conditional:
                    detail = f"{shown(url)} answers 304 to a request without conditions"
                    raise FetchFailed(FetchOutcome.BAD_RESPONSE, detail)
                return msgspec.structs.replace(answer, redirects=redirects) if redirects else answer
            redirects += (answer.redirect,)
            url = answer.to
        raise FetchFailed(
            FetchOutcome.MOVED_TOO_OFTEN,
            f"more than {MAX_REDIRECTS} redirects, the last one to {shown(url)}",
        )

    def _session(
        self, tls: ssl.SSLContext, socket_factory: SocketFactoryType | None
    ) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,
                ttl_dns_cache=NAMES_KEPT,
                ssl=tls,
                resolver=self._resolver,
                socket_factory=socket_factory,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            trust_env=False,
            max_field_size=MAX_HEADER_LINE,
            headers={
                "User-Agent": self._user_agent,
                "Accept-Encoding": "gzip, deflate",
            },
        )
