"""/.well-known/tdmrep.json (W3C TDM Reservation Protocol): an origin's opt-outs by path."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from msgspec import Struct, field
from protego import Protego
from yarl import URL

from connectors.fetch.per_origin_cache import OriginCache
from connectors.fetch.response import Deferred, FetchFailed
from connectors.fetch.robots import CACHE_SECONDS, UNAVAILABLE, UNREACHABLE_SECONDS
from connectors.text.opt_outs import TOKEN, OptOuts, reserved
from newsline.clock import Clock

PATH = ".well-known/tdmrep.json"
MAX_RULES = 1_000


class _Rule(Struct):
    location: str = "/"
    reservation: object = field(name="tdm-reservation", default=None)
    policy: object = field(name="tdm-policy", default=None)


class Tdmrep:
    """The opt-outs of each origin. ``fetch`` returns the file, or raises FetchFailed. An
    unreachable or malformed file reserves nothing."""

    def __init__(
        self, fetch: Callable[[URL], Awaitable[bytes]], clock: Clock = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._rules: OriginCache[Sequence[tuple[Protego, OptOuts]]] = OriginCache(self._load, clock)

    async def opt_outs(self, url: URL) -> OptOuts:
        """The opt-outs of the first rule that matches the page. Raises Deferred."""
        rules = await self._rules.get(url.origin())
        page = str(url)
        return next(
            (opt_outs for rule, opt_outs in rules if not rule.can_fetch(page, TOKEN)), OptOuts()
        )

    async def _load(self, origin: URL) -> tuple[Sequence[tuple[Protego, OptOuts]], float]:
        try:
            return _parsed(await self._fetch(origin / PATH)), CACHE_SECONDS
        except Deferred:
            raise
        except FetchFailed as failure:
            return (), CACHE_SECONDS if failure.outcome in UNAVAILABLE else UNREACHABLE_SECONDS


def _parsed(body: bytes) -> Sequence[tuple[Protego, OptOuts]]:
    try:
        rules = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=list[_Rule])
    except (ValueError, RecursionError):
        return ()
    return [(_matcher(r.location), _opt_outs(r)) for r in rules[:MAX_RULES] if r.location.strip()]


def _matcher(location: str) -> Protego:
    """A matcher for a location, which has the syntax of a robots.txt path: a page matches if a
    Disallow with that path would exclude it."""
    return Protego.parse(f"User-agent: *\nDisallow: {' '.join(location.split())}")


def _opt_outs(rule: _Rule) -> OptOuts:
    policy = rule.policy if isinstance(rule.policy, str) else ""
    return OptOuts(tdm=reserved(str(rule.reservation)), policy=policy)
