"""Well-known files of an origin: fetched once, read within limits, kept until they expire.

A site may write such a file to take time and memory. The parsers are linear, and a large file is
read in a child.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Generic, NamedTuple, TypeVar

from yarl import URL

from connectors.fetch.limiter import slot_key
from connectors.fetch.per_origin_cache import OriginCache
from connectors.fetch.response import FetchFailed, Inconclusive
from newsline.clock import Clock
from newsline.outcomes import FetchOutcome
from newsline.sandbox.fair_share import FairShare

CACHE_SECONDS = 24 * 3600.0
UNREACHABLE_SECONDS = 600.0
READ_SECONDS = 5.0

LARGE = 16 * 1024
"""Bytes; larger files are read in a child. On 16 KB a parser takes 6 ms at worst."""

UNAVAILABLE = frozenset(
    {
        FetchOutcome.NOT_FOUND,
        FetchOutcome.GONE,
        FetchOutcome.FORBIDDEN,
        FetchOutcome.CLIENT_ERROR,
        FetchOutcome.MOVED_TOO_OFTEN,
    }
)
"""Outcomes that mean "no such file". Any other failure means "unknown for now"."""

T = TypeVar("T")

FetchFile = Callable[[URL, bool], Awaitable[bytes]]
"""Fetches a file of a host, which may be one with an exception from the address guard."""


class Origin(NamedTuple):
    """``allowed``: by an exception from the address guard. A feed without that exception gets
    an answer of its own, which is the guard's."""

    url: URL
    allowed: bool = False


class WellKnown(Generic[T]):
    """The file at ``path`` of each origin, as ``parse`` reads it. ``weigh``: the number of its
    rules. Without ``children``, large files are read in place."""

    def __init__(
        self,
        path: str,
        parse: Callable[[bytes], T],
        weigh: Callable[[T], int],
        fetch: FetchFile,
        children: FairShare | None = None,
        clock: Clock = time.monotonic,
    ) -> None:
        self._path = path
        self._parse = parse
        self._fetch = fetch
        self._children = children
        self._weigh = weigh
        self._cache: OriginCache[Origin, T | FetchFailed | None] = OriginCache(
            self._load, clock, self._weight
        )

    async def get(self, origin: Origin) -> T | FetchFailed | None:
        """The content; None if there is no such file; the failure if it is unknown for now. Raises
        Inconclusive."""
        return await self._cache.get(origin)

    def peek(self, origin: Origin) -> T | FetchFailed | None:
        """The last content, expired or not, without a request."""
        return self._cache.peek(origin)

    def _weight(self, content: T | FetchFailed | None) -> int:
        return 1 if content is None or isinstance(content, FetchFailed) else self._weigh(content)

    async def _load(self, origin: Origin) -> tuple[T | FetchFailed | None, float]:
        try:
            body = await self._fetch(origin.url / self._path, origin.allowed)
        except Inconclusive:
            raise
        except FetchFailed as failure:
            if failure.outcome in UNAVAILABLE:
                return None, CACHE_SECONDS
            return failure, UNREACHABLE_SECONDS
        content = await self._read(origin, body)
        if isinstance(content, Exception):
            detail = f"not readable: {content}"
            return FetchFailed(FetchOutcome.BAD_RESPONSE, detail), UNREACHABLE_SECONDS
        return content, CACHE_SECONDS

    async def _read(self, origin: Origin, body: bytes) -> T | Exception:
        if self._children is None or len(body) <= LARGE:
            return self._parse(body)
        source = (self._path, slot_key(origin.url))
        return await self._children.attempt(self._parse, body, deadline=READ_SECONDS, source=source)
