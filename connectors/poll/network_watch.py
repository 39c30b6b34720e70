"""An outage of our own network, from the first sign to the last feed made due.

While it is believed no feed is polled, and no feed's back-off grows. Some hosts are probed; when
they answer, the feeds that waited are made due.
"""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime

from connectors.fetch.network import Belief, Controls, Network
from connectors.schedule import outage
from connectors.state import State
from connectors.state.async_state import AsyncState
from newsline.announce import report, warn
from newsline.clock import Clock
from newsline.durations import format_duration
from newsline.log_lines import LogEvent
from newsline.service import metrics

PROBE_SECONDS = 30.0
"""Between rounds of probes."""

PROBES = 3
"""Hosts in a round, by registrable domain."""

LIKELY = 50
"""Feeds of which the probes are chosen, those that answered last."""


class NetworkWatch:
    """Waits for outages, and outlasts them. ``network``: that of the connector's fetcher."""

    def __init__(self, network: Network, state: AsyncState, clock: Clock = time.time) -> None:
        self.network = network
        self._state = state
        self._clock = clock
        self._is_known = False  # the outage, from an earlier process
        self._answered_before = False

    async def open(self) -> None:
        """Go on with the outage of an earlier process, if the state has one."""
        found = await self._state.call(State.outage)
        belief = Belief(found.since, found.cause) if found else None
        self.network.watch(self._controls, belief)
        metrics.OUTAGE.set(belief is not None)
        self._is_known = belief is not None

    async def run(self) -> None:
        """Outlast one outage after the other."""
        while True:
            await self.network.is_down.wait()
            if not self._is_known:
                await self.begin()
                await asyncio.sleep(PROBE_SECONDS)
            while not await self.is_over():  # noqa: ASYNC110 - hosts are asked: no event tells
                await asyncio.sleep(PROBE_SECONDS)
            await self.end()

    async def _controls(self) -> Controls:
        return Controls(*await self._state.call(State.controls))

    async def begin(self) -> None:
        """Report and save the outage that the network believes in."""
        belief = self.network.belief
        assert belief
        metrics.OUTAGE.set(1)
        metrics.OUTAGES.inc()
        warn(
            f"our own network is down since {datetime.fromtimestamp(belief.since, UTC):%H:%M:%S}"
            f" UTC: no host answers ({belief.cause}); polling waits, and no feed's back-off grows",
            LogEvent.OUTAGE,
        )
        await self._state.call(State.begin_outage, belief.since, belief.cause, self._clock())

    async def is_over(self) -> bool:
        """Probe some hosts; whether they answer, or another connector has found that they do."""
        answers = await self.probe()
        answered = sum(answers.values())
        if outage.is_over(len(answers), answered, answered_before=self._answered_before):
            return True
        self._answered_before = answered > 0
        return not await self._state.call(State.confirm_outage, self._clock())

    async def probe(self) -> dict[str, bool]:
        """Ask some hosts; whether they answer, by site."""
        urls = list(await self._state.call(State.probes))
        likely, others = urls[:LIKELY], urls[LIKELY:]
        random.shuffle(likely)
        return dict(await self.network.ask([*likely, *others], PROBES))

    async def end(self) -> None:
        """Make the feeds due that waited, and poll again."""
        belief = self.network.belief
        assert belief
        now = self._clock()
        resumed = await self._state.call(State.end_outage, belief.since, now, random.random)
        self._is_known = self._answered_before = False
        self.network.restored()
        metrics.OUTAGE.set(0)
        lasted = format_duration(max(0.0, now - belief.since))
        report(
            f"newsline: hosts answer again after {lasted}: {resumed:,} feeds that waited are due",
            LogEvent.RECOVERY,
        )
