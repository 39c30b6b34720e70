"""HTTP requests with redirects: address guard, size limits, politeness, robots.txt."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from types import TracebackType
from typing import Literal, Self

import aiohttp
import msgspec
from aiohttp import SocketFactoryType
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from connectors.fetch.allowances import Access, Allowances, file_access
from connectors.fetch.body import BodyLimit
from connectors.fetch.guard import guarded_socket
from connectors.fetch.limiter import HostLimiter
from connectors.fetch.login import Login
from connectors.fetch.network import NO_ANSWER, Network
from connectors.fetch.redirect_cookies import RedirectCookies
from connectors.fetch.request import Request, parse_url, public_url, send
from connectors.fetch.response import Deferred, FetchFailed, Redirect, Response, Validators
from connectors.fetch.response_head import MAX_HEADER_LINE
from connectors.fetch.robots import Robots
from connectors.fetch.tdmrep import Tdmrep
from connectors.fetch.throttle import OWN_HOSTS, Politeness
from connectors.fetch.tolerant import TolerantConnector, TolerantResponse
from connectors.text.robots_file import MAX_BYTES as ROBOTS_BYTES
from newsline.clock import Clock
from newsline.outcomes import FetchOutcome
from newsline.sandbox.fair_share import FairShare

TOTAL_SECONDS = 30.0
MAX_REDIRECTS = 5
DNS_CACHE_SECONDS = 300
CONTROL_SECONDS = 10.0
"""For a control request, with its name lookup."""

Kind = Literal["feed", "page", "robots", "hub"]

BODY_LIMITS: Mapping[Kind, BodyLimit] = {
    "feed": BodyLimit(10 * 1024**2),
    "page": BodyLimit(5 * 1024**2),
    "robots": BodyLimit(ROBOTS_BYTES, truncate=True),
    "hub": BodyLimit(4 * 1024, truncate=True),
}

CONTROL_LIMIT = BodyLimit(4 * 1024, truncate=True)

ACCEPT: Mapping[Kind, str] = {
    "feed": "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
    "page": "text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
    "robots": "text/plain, */*;q=0.5",
    "hub": "*/*",
}


class Fetcher:
    """Fetches feeds and pages while its context is entered.

    ``contact``: a URL or e-mail address for the User-Agent. ``allow``: hosts, as ``host`` or
    ``host:port``, that may have private addresses, for feeds listed at one of them; ``feed_allow``:
    those of single feeds, by URL. ``own_politeness`` applies to them, ``politeness`` to all others.
    ``logins``: USER:PASSWORD of feeds, by URL.
    ``children`` read large files of rules. ``seconds``: the limit of a fetch with its redirects,
    without the time in the limiter's queue. ``resolver``: the system's by default. ``clock``
    replaces both system clocks, for tests and simulations.
    """

    def __init__(
        self,
        *,
        contact: str = "",
        allow: frozenset[str] = frozenset(),
        feed_allow: Mapping[str, Iterable[str]] | None = None,
        logins: Mapping[str, str] | None = None,
        children: FairShare | None = None,
        politeness: Politeness = Politeness(),  # noqa: B008 - it is frozen
        own_politeness: Politeness = OWN_HOSTS,
        seconds: float = TOTAL_SECONDS,
        resolver: AbstractResolver | None = None,
        clock: Clock | None = None,
    ) -> None:
        agent = f"newsline/{version('newsline')}"
        self._user_agent = f"{agent} (+{contact})" if contact else agent
        self._allowances = Allowances(allow, feed_allow)
        self._logins = {url: Login(url, login) for url, login in (logins or {}).items()}
        self._limiter = HostLimiter(politeness, clock or time.monotonic)
        self._own_limiter = HostLimiter(own_politeness, clock or time.monotonic)
        self._seconds = seconds
        self._resolver = resolver
        self._clock = clock or time.time
        self._robots = Robots(self._get_rules, children, clock or time.monotonic)
        self._tdmrep = Tdmrep(self._get_rules, children, clock or time.monotonic)
        self.network = Network(self._answers, clock or time.monotonic, clock or time.time)

    async def __aenter__(self) -> Self:
        # Two sessions, each with its own connections and DNS cache: an address resolved for an
        # allowed host is never used for another one.
        self._tls = ssl.create_default_context()
        self._guarded = self._session(self._tls, guarded_socket)
        self._trusting = self._session(self._tls, None)
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
        self,
        url: str,
        *,
        feed: str | None = None,
        validators: Validators | None = None,
        kind: Literal["feed", "page"],
    ) -> Response:
        """The response to a GET: status 2xx, or 304 if there are validators. Raises FetchFailed.

        ``feed``: the URL of the feed that led here, whose exceptions apply; by default this one.

        Limits after decoding: 10 MiB for a feed, 5 MiB for a page. For a page, robots.txt of each
        host on the way is respected, and tdmrep.json of the last one is read. A validator that is
        not UTF-8 is None, since the state cannot store it.
        """
        headers = validators.headers() if validators else {}
        access = self._allowances.of(feed or url)
        login = self._logins.get(feed or url) if kind == "feed" else None
        response, allowed = await self._get(parse_url(url), kind, headers, access, login=login)
        if kind == "feed":
            return response
        site = await self._tdmrep.opt_outs(URL(response.url), host_allowed=allowed)
        return msgspec.structs.replace(response, reserved_by_site=site)

    async def post(self, url: str, form: Mapping[str, str], *, feed: str | None = None) -> None:
        """POST a form to the WebSub hub of a feed, following redirects. Raises FetchFailed.

        It holds a secret, so hubs need https, those that the feed allows excepted.
        """
        await self._get(parse_url(url), "hub", {}, self._allowances.of(feed or url), form)

    async def _get_rules(self, url: URL, host_allowed: bool) -> bytes:
        access = file_access(url) if host_allowed else Access()
        response, _ = await self._get(url, "robots", {}, access)
        return response.body

    async def _get(
        self,
        url: URL,
        kind: Kind,
        headers: Mapping[str, str],
        access: Access,
        form: Mapping[str, str] | None = None,
        login: Login | None = None,
    ) -> tuple[Response, bool]:
        """The response, and whether its host is allowed by an exception."""
        conditional = bool(headers)
        headers = {"Accept": ACCEPT[kind], **headers}
        redirects: tuple[Redirect, ...] = ()
        cookies = RedirectCookies()
        left = self._seconds
        while len(redirects) <= MAX_REDIRECTS:
            allowed = access.covers(url)
            access = access if access.passes_on(url) else Access()
            if kind == "page" and not await self._robots.allowed(url, host_allowed=allowed):
                raise FetchFailed(FetchOutcome.ROBOTS, f"robots.txt disallows {public_url(url)}")
            if form and url.scheme != "https" and not allowed:
                detail = f"{public_url(url)} is not https: no secret is sent there"
                raise FetchFailed(FetchOutcome.TLS, detail)
            session = self._trusting if allowed else self._guarded
            limiter = self._own_limiter if allowed else self._limiter
            sent = {**headers, **cookies.headers(url), **(login.headers(url) if login else {})}
            request = Request(url, sent, BODY_LIMITS[kind], form)
            crawl_delay = self._robots.crawl_delay(url, host_allowed=allowed)
            began = self.network.now()
            try:
                async with limiter.acquire(url, crawl_delay, poll=kind == "feed"):
                    began, started = self.network.now(), time.monotonic()
                    answer = await send(session, request, seconds=left, clock=self._clock)
                    left = max(0.0, left - (time.monotonic() - started))
            except FetchFailed as failure:
                if failure.status is not None:
                    self.network.answered(url, began)
                await self.network.judge(url, failure, began)
                raise
            self.network.answered(url, began)
            if isinstance(answer, Response):
                if answer.status == 304 and not conditional:
                    detail = f"{public_url(url)} answers 304 to an unconditional request"
                    raise FetchFailed(FetchOutcome.BAD_RESPONSE, detail)
                if redirects:
                    answer = msgspec.structs.replace(answer, redirects=redirects)
                return answer, allowed
            redirects += (answer.redirect,)
            cookies.receive(answer.set_cookie, url)
            url = answer.to
        raise FetchFailed(
            FetchOutcome.MOVED_TOO_OFTEN,
            f"more than {MAX_REDIRECTS} redirects, the last one to {public_url(url)}",
        )

    async def _answers(self, feed: str) -> bool | None:
        """Whether the feed's host gives any answer to a request for the feed, with a fresh lookup;
        None if the host's limit allows no request now."""
        url = parse_url(feed)
        allowed = self._allowances.of(feed).covers(url)
        limiter = self._own_limiter if allowed else self._limiter
        request = Request(url, {"Accept": ACCEPT["feed"]}, CONTROL_LIMIT)
        factory = None if allowed else guarded_socket
        try:
            async with (
                asyncio.timeout(CONTROL_SECONDS),
                self._session(self._tls, factory, dns_cache=False) as session,
                limiter.acquire(url),
            ):
                await send(session, request, seconds=CONTROL_SECONDS, clock=self._clock)
        except Deferred:
            return None
        except TimeoutError:
            return False
        except FetchFailed as failure:
            return failure.status is not None or failure.outcome not in NO_ANSWER
        return True

    def _session(
        self,
        tls: ssl.SSLContext,
        socket_factory: SocketFactoryType | None,
        *,
        dns_cache: bool = True,
    ) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=TolerantConnector(
                limit=0,
                use_dns_cache=dns_cache,
                ttl_dns_cache=DNS_CACHE_SECONDS,
                ssl=tls,
                resolver=_NotedResolver(self._resolver or aiohttp.DefaultResolver(), self.network),
                socket_factory=socket_factory,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            trust_env=False,
            response_class=TolerantResponse,
            auto_decompress=False,
            max_field_size=MAX_HEADER_LINE,
            headers={
                "User-Agent": self._user_agent,
                "Accept-Encoding": "gzip, deflate",
            },
        )


class _NotedResolver(AbstractResolver):
    """Tells the network of each name resolved; aiohttp asks it for names that it has not cached."""

    def __init__(self, resolver: AbstractResolver, network: Network) -> None:
        self._resolver = resolver
        self._network = network

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        started = self._network.now()
        found = await self._resolver.resolve(host, port, family)
        self._network.looked_up(host, started)
        return found

    async def close(self) -> None:
        await self._resolver.close()
