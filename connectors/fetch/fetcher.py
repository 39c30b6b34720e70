"""A GET with its redirects: guarded, capped, polite, and each failure one of a closed set."""

from __future__ import annotations

import time
from collections.abc import Mapping
from importlib.metadata import version
from types import TracebackType
from typing import Literal, Self

import aiohttp
import msgspec
from yarl import URL

from connectors.fetch.exchange import Limits, exchange, parsed, shown
from connectors.fetch.guard import guarded_socket, is_allowed
from connectors.fetch.response import FetchFailed, FetchOutcome, Redirect, Response, Validators
from connectors.fetch.robots import MAX_BYTES as ROBOTS_BYTES
from connectors.fetch.robots import Robots
from connectors.fetch.seats import Seats

TOTAL_SECONDS = 30.0
"""For a fetch with all its redirects, without the time in which it waits for its turn."""

MAX_REDIRECTS = 5
MAX_HEADER_LINE = 32 * 1024
"""Bytes of one header; content security policies of 10 KB are common. There may be 128 of them."""

PER_HOST = 2
GAP = 0.25
PER_ALLOWED_HOST = 16
"""An allowed host is the operator's own and needs no politeness."""

NAMES_KEPT = 300
LONGEST_RETRY_AFTER = 86_400.0
"""Seconds; a server that asks for more is asked again after a day."""

Kind = Literal["feed", "page", "robots"]

LIMITS: Mapping[Kind, Limits] = {
    "feed": Limits(10 * 1024**2),
    "page": Limits(5 * 1024**2),
    "robots": Limits(ROBOTS_BYTES, cut=True),
}

ACCEPT: Mapping[Kind, str] = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
}


class Fetcher:
    """Fetches feeds and pages while its context is entered.

    ``contact`` (a URL or an address) tells a publisher who is asking. ``allow`` names the hosts,
    as ``host`` or ``host:port``, that may have private addresses. ``per_host``: requests at a time
    to any other host; ``gap``: seconds between their starts.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        allow: frozenset[str] = frozenset(),
        per_host: int = PER_HOST,
        gap: float = GAP,
    ) -> None:
        agent = f"newsline/{version('newsline')}"
        self._user_agent = f"{agent} (+{contact})" if contact else agent
        self._allow = allow
        self._seats = Seats(per_host, gap)
        self._allowed_seats = Seats(PER_ALLOWED_HOST, 0.0)
        self._robots = Robots(self._get_robots)

    async def __aenter__(self) -> Self:
        # Each session has its own connections and its own memory of names: what was resolved or
        # connected for an allowed name is never used for another one.
        self._guarded = self._session(
            aiohttp.TCPConnector(limit=0, ttl_dns_cache=NAMES_KEPT, socket_factory=guarded_socket)
        )
        self._trusting = self._session(aiohttp.TCPConnector(limit=0, ttl_dns_cache=NAMES_KEPT))
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
        each host that it is redirected to. A validator that is no UTF-8 is given as None, since it
        could not be stored. Raises FetchFailed.
        """
        headers = validators.headers() if validators else {}
        try:
            response = await self._get(parsed(url), kind, headers)
        except FetchFailed as failure:
            wait = failure.retry_after
            raise FetchFailed(
                failure.outcome,
                failure.detail.encode("utf-8", "backslashreplace").decode(),
                None if wait is None else min(wait, LONGEST_RETRY_AFTER),
            ) from failure
        return msgspec.structs.replace(
            response,
            etag=_utf8_or_none(response.etag),
            last_modified=_utf8_or_none(response.last_modified),
        )

    async def _get_robots(self, url: URL) -> bytes:
        return (await self._get(url, "robots", {})).body

    async def _get(self, url: URL, kind: Kind, headers: Mapping[str, str]) -> Response:
        conditional = bool(headers)
        headers = {"Accept": ACCEPT[kind], **headers}
        redirects: tuple[Redirect, ...] = ()
        left = TOTAL_SECONDS
        while len(redirects) <= MAX_REDIRECTS:
            if kind == "page" and not await self._robots.allowed(url):
                raise FetchFailed(FetchOutcome.ROBOTS, f"robots.txt disallows {shown(url)}")
            allowed = is_allowed(url, self._allow)
            session = self._trusting if allowed else self._guarded
            seats = self._allowed_seats if allowed else self._seats
            async with seats.take(f"{url.host}:{url.port}"):
                started = time.monotonic()
                answer = await exchange(session, url, headers, LIMITS[kind], left)
                left = max(0.0, left - (time.monotonic() - started))
            if isinstance(answer, Response):
                if answer.status == 304 and not conditional:
                    detail = f"{shown(url)} answers 304 to a request without conditions"
                    raise FetchFailed(FetchOutcome.BAD_RESPONSE, detail)
                return msgspec.structs.replace(answer, redirects=redirects)
            redirects += (answer.redirect,)
            url = answer.to
        raise FetchFailed(
            FetchOutcome.MOVED_TOO_OFTEN,
            f"more than {MAX_REDIRECTS} redirects, the last one to {shown(url)}",
        )

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            trust_env=False,
            max_field_size=MAX_HEADER_LINE,
            headers={
                "User-Agent": self._user_agent,
                "Accept-Encoding": "gzip, deflate",
            },
        )


def _utf8_or_none(value: str | None) -> str | None:
    """aiohttp gives header bytes that are no UTF-8 as lone surrogates, which SQLite refuses."""
    try:
        (value or "").encode()
    except UnicodeEncodeError:
        return None
    return value
