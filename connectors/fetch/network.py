"""Tells an outage of our own network from a host that gives no answer.

If a request gets no answer, and no other host has answered since it started, the hosts of some
other feeds are asked, with fresh DNS lookups. The decision is in ``schedule.outage``. An outage is
believed until :meth:`Network.restored` is called.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from yarl import URL

from connectors.fetch.response import FetchFailed, Inconclusive
from connectors.schedule import outage
from connectors.schedule.outage import Others
from connectors.text.sites import site_of, site_of_url
from newsline.clock import Clock
from newsline.outcomes import FetchOutcome

NO_ANSWER = frozenset(
    {
        FetchOutcome.DNS,
        FetchOutcome.CONNECT,
        FetchOutcome.TLS,
        FetchOutcome.TIMEOUT,
        FetchOutcome.BAD_RESPONSE,
        FetchOutcome.ADDRESS_REFUSED,
    }
)
"""Outcomes of fetches without an HTTP answer. TLS: a wrong clock, a captive portal.
ADDRESS_REFUSED: a captive portal's DNS gives a private address for every name."""

ASKED = 10
"""Hosts that are asked, by registrable domain."""

CHECK_SECONDS = 10.0
"""For which a check's result is used again: many requests may fail at the same time."""


class NetworkDown(Inconclusive):
    """No answer, and our own network is to blame. Says nothing of the URL."""

    def __init__(self, failure: FetchFailed) -> None:
        detail = f"an outage of our own network: {failure.outcome}: {failure.detail}"
        super().__init__(FetchOutcome.OUTAGE, detail)


class Belief(NamedTuple):
    """An outage of our own network. ``since``: in seconds since 1970; ``cause``: the failure by
    which it was recognised."""

    since: float
    cause: str


class Controls(NamedTuple):
    """Feeds whose hosts may be asked. ``known``: they answered their last poll."""

    urls: Sequence[str] = ()
    known: bool = True


FindControls = Callable[[], Awaitable[Controls]]
Ask = Callable[[str], Awaitable[bool | None]]
"""Whether the host of a feed gives any HTTP answer; None if it was not asked."""


class Network:
    """What is known of our own network. Until :meth:`watch`, every failure is the host's.

    ``clock`` is monotonic, ``wall`` counts from 1970.
    """

    def __init__(self, ask: Ask, clock: Clock = time.monotonic, wall: Clock = time.time) -> None:
        self.now = clock
        self.belief: Belief | None = None
        self.is_down = asyncio.Event()
        self.is_up = asyncio.Event()
        self.is_up.set()
        self._ask = ask
        self._wall = wall
        self._find: FindControls | None = None
        self._answers: dict[str, float] = {}  # start of the last request, by site
        self._lookups: dict[str, float] = {}
        self._check: asyncio.Task[Mapping[str, bool]] | None = None
        self._checked_at = float("-inf")
        self._are_known = True

    def watch(self, find: FindControls, belief: Belief | None = None) -> None:
        """Judge failures from now on; ``belief``: of an earlier process, in its state."""
        self._find = find
        if belief:
            self._believe(belief)

    def restored(self) -> None:
        """The outage is over."""
        self.belief = None
        self.is_down.clear()
        self.is_up.set()
        self._check = None

    def answered(self, url: URL, started: float) -> None:
        """Record that a request of that start got an HTTP answer."""
        _note(self._answers, url.host_subcomponent or "", started)

    def looked_up(self, host: str, started: float) -> None:
        """Record that a name was resolved, not from a cache."""
        _note(self._lookups, host, started)

    async def ask(self, urls: Sequence[str], most: int, besides: str = "") -> Mapping[str, bool]:
        """Ask hosts of some of these feeds side by side, one of each site and ``most`` in all;
        returns whether they answer, by site."""
        by_site: dict[str, str] = {}
        for url in urls:
            by_site.setdefault(site_of_url(url), url)
        by_site.pop(besides, None)
        chosen = dict(list(by_site.items())[:most])
        answers = await asyncio.gather(*map(self._ask, chosen.values()))
        by_site_answers = zip(chosen, answers, strict=True)
        return {site: answer for site, answer in by_site_answers if answer is not None}

    async def judge(self, url: URL, failure: FetchFailed, started: float) -> None:
        """Raise NetworkDown if a request of that start has failed by an outage of ours."""
        has_answer = failure.status is not None or failure.outcome not in NO_ANSWER
        if has_answer or isinstance(failure, Inconclusive) or self._find is None:
            return
        began = self._wall() - (self.now() - started)
        site = site_of(url.host_subcomponent or "")
        if self.belief is None and not self._has_heard(site, failure, started):
            others = await self._others(site)
            if not self._has_heard(site, failure, started) and outage.is_ours(
                others, local=failure.local
            ):
                self._believe(Belief(began, f"{failure.outcome}: {failure.detail}"))
        if self.belief:
            raise NetworkDown(failure) from failure

    def _has_heard(self, site: str, failure: FetchFailed, started: float) -> bool:
        """Whether another site has answered since then. Of a name that was not resolved: whether
        another was, as connections to known addresses go on without DNS."""
        heard = self._lookups if failure.outcome is FetchOutcome.DNS else self._answers
        return any(other != site and at >= started for other, at in heard.items())

    async def _others(self, site: str) -> Others:
        """The other sites asked, by a check of the last :data:`CHECK_SECONDS` or a new one."""
        if self._check is None or self.now() - self._checked_at > CHECK_SECONDS:
            self._checked_at = self.now()
            self._check = asyncio.create_task(self._ask_some(site))
        answers = {k: v for k, v in (await asyncio.shield(self._check)).items() if k != site}
        answered = sum(answers.values())
        return Others(answered, len(answers) - answered, self._are_known)

    async def _ask_some(self, site: str) -> Mapping[str, bool]:
        assert self._find is not None
        controls = await self._find()
        self._are_known = controls.known
        return await self.ask(random.sample(controls.urls, len(controls.urls)), ASKED, site)

    def _believe(self, belief: Belief) -> None:
        if self.belief is None:
            self.belief = belief
            self.is_up.clear()
            self.is_down.set()


REMEMBERED = 20


def _note(newest: dict[str, float], host: str, started: float) -> None:
    """Keep the sites of the last few events, the newest last."""
    site = site_of(host)
    newest.pop(site, None)
    newest[site] = started
    if len(newest) > REMEMBERED:
        del newest[next(iter(newest))]
