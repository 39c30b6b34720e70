"""robots.txt (RFC 9309): read once a day from each origin that has pages to fetch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from protego import Protego
from yarl import URL

from connectors.fetch.per_origin_cache import Origins
from connectors.fetch.response import Deferred, FetchFailed
from connectors.text.opt_outs import TOKEN
from newsline.clock import Clock
from newsline.outcomes import FetchOutcome

KEPT = 24 * 3600.0
KEPT_UNREACHABLE = 600.0
MAX_BYTES = 500 * 1024

LARGE = 50 * 1024
"""Bytes of rules that are parsed and asked in a thread: with 500 KB of them Protego 0.7 takes up to
half a second a URL, in which the event loop would do nothing else."""

UNAVAILABLE = frozenset(
    {
        FetchOutcome.NOT_FOUND,
        FetchOutcome.GONE,
        FetchOutcome.FORBIDDEN,
        FetchOutcome.CLIENT_ERROR,
        FetchOutcome.MOVED_TOO_OFTEN,
    }
)
"""The site has no such file. Any other failure means that it cannot say for now."""


class _Rules(NamedTuple):
    protego: Protego
    large: bool


class Robots:
    """``fetch`` gets the beginning of a robots.txt; it raises FetchFailed.

    Without one everything is allowed; while it cannot be had, nothing is.
    """

    def __init__(
        self, fetch: Callable[[URL], Awaitable[bytes]], clock: Clock = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._rules: Origins[_Rules | FetchFailed | None] = Origins(self._ask, clock)

    async def allowed(self, url: URL) -> bool:
        """Whether the page may be fetched.

        Raises the FetchFailed of robots.txt itself where that cannot be had: then the page may not
        be fetched for now, and the reason is not the site's wish.
        """
        rules = await self._rules.get(url.origin())
        if isinstance(rules, FetchFailed):
            raise FetchFailed(rules.outcome, f"robots.txt: {rules.detail}", rules.retry_after)
        if rules is None:
            return True
        return bool(await _run(rules.protego.can_fetch, str(url), TOKEN, large=rules.large))

    def crawl_delay(self, url: URL) -> float:
        """Seconds between two requests, if the rules are known and ask for any; else 0."""
        known = self._rules.known(url.origin())
        return known.protego.crawl_delay(TOKEN) or 0.0 if isinstance(known, _Rules) else 0.0

    async def _ask(self, origin: URL) -> tuple[_Rules | FetchFailed | None, float]:
        try:
            body = await self._fetch(origin / "robots.txt")
        except Deferred:  # the host is busy with us: that says nothing about its rules
            raise
        except FetchFailed as failure:
            if failure.outcome in UNAVAILABLE:
                return None, KEPT
            return failure, KEPT_UNREACHABLE
        large = len(body) > LARGE
        parsed = await _run(Protego.parse, body.decode("utf-8", "replace"), large=large)
        return _Rules(parsed, large), KEPT


async def _run(function: Callable, *args: str, large: bool) -> Protego | bool:
    return await asyncio.to_thread(function, *args) if large else function(*args)
