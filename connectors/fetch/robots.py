"""robots.txt (RFC 9309), cached for a day per origin."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from protego import Protego
from yarl import URL

from connectors.fetch.per_origin_cache import OriginCache
from connectors.fetch.response import Deferred, FetchFailed
from connectors.text.opt_outs import TOKEN
from newsline.clock import Clock
from newsline.outcomes import FetchOutcome

CACHE_SECONDS = 24 * 3600.0
UNREACHABLE_SECONDS = 600.0
MAX_BYTES = 500 * 1024

LARGE = 50 * 1024
"""Bytes; larger files are parsed and queried in a thread: on 500 KB, Protego 0.7 takes up to half a
second per URL and would block the event loop."""

UNAVAILABLE = frozenset(
    {
        FetchOutcome.NOT_FOUND,
        FetchOutcome.GONE,
        FetchOutcome.FORBIDDEN,
        FetchOutcome.CLIENT_ERROR,
        FetchOutcome.MOVED_TOO_OFTEN,
    }
)
"""Outcomes that mean "no robots.txt". Any other failure means "unknown for now"."""


class _Rules(NamedTuple):
    protego: Protego
    large: bool


class Robots:
    """The rules of each origin. ``fetch`` returns the first MAX_BYTES of a robots.txt, or raises
    FetchFailed.

    A missing file allows everything; an unreachable one allows nothing.
    """

    def __init__(
        self, fetch: Callable[[URL], Awaitable[bytes]], clock: Clock = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._rules: OriginCache[_Rules | FetchFailed | None] = OriginCache(self._load, clock)

    async def allowed(self, url: URL) -> bool:
        """Whether the page may be fetched.

        Raises FetchFailed if robots.txt is unreachable: a page is disallowed by the site only if
        the file says so."""
        rules = await self._rules.get(url.origin())
        if isinstance(rules, FetchFailed):
            raise FetchFailed(rules.outcome, f"robots.txt: {rules.detail}", rules.retry_after)
        if rules is None:
            return True
        return bool(await _run(rules.protego.can_fetch, str(url), TOKEN, large=rules.large))

    def crawl_delay(self, url: URL) -> float:
        """Seconds between two requests by the cached rules; 0 if they are not cached or give
        none."""
        known = self._rules.peek(url.origin())
        return known.protego.crawl_delay(TOKEN) or 0.0 if isinstance(known, _Rules) else 0.0

    async def _load(self, origin: URL) -> tuple[_Rules | FetchFailed | None, float]:
        try:
            body = await self._fetch(origin / "robots.txt")
        except Deferred:  # says nothing about the rules: do not cache
            raise
        except FetchFailed as failure:
            if failure.outcome in UNAVAILABLE:
                return None, CACHE_SECONDS
            return failure, UNREACHABLE_SECONDS
        large = len(body) > LARGE
        parsed = await _run(Protego.parse, body.decode("utf-8", "replace"), large=large)
        return _Rules(parsed, large), CACHE_SECONDS


async def _run(function: Callable, *args: str, large: bool) -> Protego | bool:
    return await asyncio.to_thread(function, *args) if large else function(*args)
