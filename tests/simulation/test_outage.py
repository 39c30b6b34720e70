"""Six hours without a network, by a simulated clock: what a connector does before, in and after."""

from __future__ import annotations

import asyncio
import random
import socket
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from connectors.feedlist.feed_list import Feed
from connectors.state import FeedState, State
from newsline.broker import connect
from newsline.topics import contents
from simulation.day.plan import HOUR, MINUTE, plan
from simulation.day.run import Connector, SimulatedClock, open_connector
from simulation.day.web import Resolver, World, serving

pytestmark = pytest.mark.slow

STEP = 30.0
DEAD = "http://dead.example:1/feed"
"""A feed that fails all the time."""


class Line(Resolver):
    """Our line to the network, which is cut for a time."""

    cut = False

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET):
        if self.cut:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return await super().resolve(host, port, family)


class Times(NamedTuple):
    """Feeds at each moment, by URL."""

    before: dict[str, FeedState]
    during: dict[str, FeedState]
    after: dict[str, FeedState]
    cut_at: float
    ended_at: float


async def drive(connector: Connector, clock: SimulatedClock, until: float) -> None:
    """The connector's loop, whose clock goes on in steps."""
    watch = connector.watch
    await watch.open()
    while clock.now < until:
        if watch.network.belief and await watch.is_over():
            await watch.end()
        while not watch.network.belief and (claimed := await connector.store.claim_due(100)):
            chance = random.Random(1).random
            await asyncio.gather(*(connector.poller.poll(feed, chance()) for feed in claimed))
            if watch.network.belief:
                await watch.begin()
        clock.now += STEP


async def live(directory: Path) -> Times:
    """An hour of a morning, then six without a network, then ten minutes; with a restart."""
    day = plan(3, sites=12, stories=8, first_hour=7, hours=1)._replace(troubles=())
    clock = SimulatedClock(day.begin)
    world, line = World(day, clock), Line()
    address = f"embedded:{directory / 'broker.db'}"
    async with serving(world):
        with closing(State(str(directory / "state.db"))) as state, connect(address) as broker:
            contents.ensure(broker)
            urls = [world.url(feed.host, feed.path) for feed in day.feeds]
            state.enlist([Feed(url, interval=15 * MINUTE) for url in [*urls, DEAD]])

            async def run_until(until: float) -> dict[str, FeedState]:
                async with open_connector(world, state, address, clock, line) as connector:
                    await drive(connector, clock, until)
                return {feed.url: feed for feed in state.feeds()}

            before = await run_until(day.end)
            line.cut, cut_at = True, clock.now
            await run_until(cut_at + 2 * HOUR)
            during = await run_until(cut_at + 6 * HOUR)
            line.cut, ended_at = False, clock.now
            after = await run_until(ended_at + 10 * MINUTE)
    return Times(before, during, after, cut_at, ended_at)


@pytest.fixture(scope="module")
def times(tmp_path_factory: pytest.TempPathFactory) -> Times:
    return asyncio.run(live(tmp_path_factory.mktemp("outage")))


def test_no_feed_s_back_off_grows_in_the_outage(times):
    for url, before in times.before.items():
        during = times.during[url]
        assert (during.failures, during.interval) == (before.failures, before.interval)
        assert during.last_outcome == before.last_outcome
    assert times.before[DEAD].failures > 2


def test_every_feed_is_polled_within_ten_minutes_of_its_end(times):
    for url, feed in times.after.items():
        if url != DEAD:
            assert feed.last_success is not None
            assert times.ended_at <= feed.last_success <= times.ended_at + 10 * MINUTE
            assert feed.failures == 0


def test_the_feeds_are_not_polled_all_at_once_afterwards(times):
    polled = {feed.last_success for url, feed in times.after.items() if url != DEAD}
    assert len(polled) > 1


def test_a_feed_says_why_it_waits(times):
    reasons = {feed.why for feed in times.during.values()}
    assert "our own network is down: polled when hosts answer again" in reasons
