"""robots.txt (RFC 9309): read once a day from each origin that has pages to fetch."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple
from weakref import WeakValueDictionary

from protego import Protego
from yarl import URL

from connectors.fetch.response import FetchFailed, FetchOutcome

TOKEN = "newsline"
KEPT = 24 * 3600.0
KEPT_UNREACHABLE = 600.0
ORIGINS_KEPT = 10_000
MAX_BYTES = 500 * 1024

UNAVAILABLE = frozenset(
    {
        FetchOutcome.NOT_FOUND,
        FetchOutcome.GONE,
        FetchOutcome.FORBIDDEN,
        FetchOutcome.CLIENT_ERROR,
        FetchOutcome.MOVED_TOO_OFTEN,
    }
)
"""The site has no robots.txt, and so everything is allowed. Any other failure disallows all."""


class _Answer(NamedTuple):
    """The rules of an origin, or the failure that stands in for them; None allows everything."""

    rules: Protego | FetchFailed | None
    expires: float


class Robots:
    """``fetch`` gets the beginning of a robots.txt; it raises FetchFailed."""

    def __init__(self, fetch: Callable[[URL], Awaitable[bytes]]) -> None:
        self._fetch = fetch
        self._answers: dict[URL, _Answer] = {}
        self._locks: WeakValueDictionary[URL, asyncio.Lock] = WeakValueDictionary()

    async def allowed(self, url: URL) -> bool:
        """Whether the page may be fetched.

        Raises the FetchFailed of robots.txt itself where that cannot be had: then the page may not
        be fetched for now, and the reason is not the site's wish.
        """
        rules = await self._rules(url.origin())
        if isinstance(rules, FetchFailed):
            raise FetchFailed(rules.outcome, f"robots.txt: {rules.detail}", rules.retry_after)
        return rules is None or rules.can_fetch(str(url), TOKEN)

    async def _rules(self, origin: URL) -> Protego | FetchFailed | None:
        async with self._locks.setdefault(origin, asyncio.Lock()):
            answer = self._answers.pop(origin, None)
            if answer is None or answer.expires <= time.monotonic():
                answer = await self._ask(origin)
            while len(self._answers) >= ORIGINS_KEPT:
                self._answers.pop(next(iter(self._answers)))
            self._answers[origin] = answer  # last, and so the last to be forgotten
            return answer.rules

    async def _ask(self, origin: URL) -> _Answer:
        now = time.monotonic()
        try:
            body = await self._fetch(origin / "robots.txt")
        except FetchFailed as failure:
            if failure.outcome in UNAVAILABLE:
                return _Answer(None, now + KEPT)
            return _Answer(failure, now + KEPT_UNREACHABLE)
        return _Answer(Protego.parse(body.decode("utf-8", "replace")), now + KEPT)
