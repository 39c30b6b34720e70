"""/.well-known/tdmrep.json (W3C TDM Reservation Protocol): what an origin reserves of its pages."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from msgspec import Struct, field
from protego import Protego
from yarl import URL

from connectors.fetch.per_origin_cache import Origins
from connectors.fetch.response import Deferred, FetchFailed
from connectors.fetch.robots import KEPT, KEPT_UNREACHABLE, UNAVAILABLE
from connectors.text.opt_outs import TOKEN, Said, reserved
from newsline.clock import Clock

PATH = ".well-known/tdmrep.json"
MAX_RULES = 1_000


class _Rule(Struct):
    location: str = "/"
    reservation: object = field(name="tdm-reservation", default=None)
    policy: object = field(name="tdm-policy", default=None)


class Tdmrep:
    """``fetch`` gets the file; it raises FetchFailed. A file that cannot be read says nothing."""

    def __init__(
        self, fetch: Callable[[URL], Awaitable[bytes]], clock: Clock = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._rules: Origins[Sequence[tuple[Protego, Said]]] = Origins(self._ask, clock)

    async def says(self, url: URL) -> Said:
        """What the first rule that fits the page says of it. Raises Deferred."""
        rules = await self._rules.get(url.origin())
        page = str(url)
        return next((said for rule, said in rules if not rule.can_fetch(page, TOKEN)), Said())

    async def _ask(self, origin: URL) -> tuple[Sequence[tuple[Protego, Said]], float]:
        try:
            return _parsed(await self._fetch(origin / PATH)), KEPT
        except Deferred:
            raise
        except FetchFailed as failure:
            return (), KEPT if failure.outcome in UNAVAILABLE else KEPT_UNREACHABLE


def _parsed(body: bytes) -> Sequence[tuple[Protego, Said]]:
    try:
        rules = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=list[_Rule])
    except (ValueError, RecursionError):
        return ()
    return [(_matcher(r.location), _said(r)) for r in rules[:MAX_RULES] if r.location.strip()]


def _matcher(location: str) -> Protego:
    """A location is a path pattern of robots.txt: what matches it is what that would disallow."""
    return Protego.parse(f"User-agent: *\nDisallow: {' '.join(location.split())}")


def _said(rule: _Rule) -> Said:
    policy = rule.policy if isinstance(rule.policy, str) else ""
    return Said(tdm=reserved(str(rule.reservation)), policy=policy)
