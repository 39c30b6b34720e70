"""A plan's day, from its first poll until all that came of it has been read."""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import NamedTuple

from aiohttp.abc import AbstractResolver

from connectors.article.page_reader import PageReader
from connectors.feedlist import feed_list as feeds
from connectors.fetch import Fetcher
from connectors.fetch.throttle import Politeness
from connectors.poll.feed_fetcher import FeedFetcher
from connectors.poll.network_watch import NetworkWatch
from connectors.poll.poller import Poller
from connectors.poll.wiring import CHILD_MEMORY, CHILD_TASKS, publishing
from connectors.publish.publisher import Publisher
from connectors.state import FeedState, State
from connectors.state.async_state import AsyncState
from connectors.state.retry import Outages
from newsline.broker import connect
from newsline.records import RAW_TOPIC, RawArticle, decode_raw
from newsline.sandbox.fair_share import FairShare
from newsline.sandbox.pool import Sandbox
from newsline.service import metrics
from newsline.topics import contents
from simulation.day.plan import Plan
from simulation.day.web import Resolver, World, serving
from tests.support.connector_harness import Recording
from tests.support.topic_reader import values

TICK = 60.0
"""Seconds in which the feeds that are due are polled side by side, at the end of them."""

POLITENESS = Politeness(concurrency=16, gap=0.0, max_gap=0.0, first_pause=300.0, max_wait=2.0)
"""With pauses, as with a stranger; but a request does not wait through them, for the clock stands
while it does."""

FETCH_SECONDS = 5.0
WORKERS = 2


class Day(NamedTuple):
    """What is left at the end. ``handled``: what became of the entries of each feed, by its URL;
    ``counted``: the metrics of this run, by name and label; ``listings``: the feeds that the state
    has of each story; ``ended``: when the last poll was, in seconds since 1970."""

    plan: Plan
    world: World
    records: Sequence[RawArticle]
    feeds: Sequence[FeedState]
    handled: Mapping[str, Counter[str]]
    counted: Mapping[str, Counter[str]]
    listings: Mapping[str, frozenset[str]]
    polls: int
    ended: float


class SimulatedClock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Connector(NamedTuple):
    poller: Poller
    store: AsyncState
    entries: Recording
    watch: NetworkWatch


async def live(plan: Plan, directory: Path, seed: int) -> Day:
    """Poll the plan's feeds as they are due; the clock stands while polls are underway."""
    clock = SimulatedClock(plan.begin)
    world = World(plan, clock)
    address = f"embedded:{directory / 'broker.db'}"
    before = _metrics()
    async with serving(world):
        urls = [world.url(feed.host, feed.path) for feed in plan.feeds]
        with closing(State(str(directory / "state.db"))) as state, connect(address) as broker:
            contents.ensure(broker)
            state.enlist([feeds.Feed(url) for url in urls])
            async with open_connector(world, state, address, clock) as connector:
                polls = await _poll(connector, plan, clock, seed)
            records = [decode_raw(value) for value in values(broker, RAW_TOPIC, 0.0)]
            ids = {record.article_id for record in records}
            listings = {one: frozenset(e.feed_url for e in state.listings(one)) for one in ids}
            known = state.feeds()
    after = _metrics()
    counted = {name: after[name] - before[name] for name in after}
    outcomes = connector.entries.outcomes
    return Day(plan, world, records, known, outcomes, counted, listings, polls, clock.now)


@asynccontextmanager
async def open_connector(
    world: World,
    state: State,
    address: str,
    clock: SimulatedClock,
    resolver: AbstractResolver | None = None,
) -> AsyncIterator[Connector]:
    """The connector's parts, all real, but for what tells them the time. ``resolver``: by default
    every name leads to 127.0.0.1."""
    allow = frozenset(feed.host for feed in world.plan.feeds)
    with (
        connect(address) as broker,
        closing(Publisher(broker, address, state)) as publisher,
        closing(Sandbox(WORKERS, memory_bytes=CHILD_MEMORY, max_tasks=CHILD_TASKS)) as sandbox,
        closing(Outages()) as outages,
    ):
        store = AsyncState(state, outages, clock)
        queue = publishing(publisher, outages)
        own = {
            "own_politeness": POLITENESS,
            "seconds": FETCH_SECONDS,
            "resolver": resolver or Resolver(),
            "clock": clock,
        }
        async with store.working(), queue.working(), Fetcher(allow=allow, **own) as fetcher:
            children = FairShare(sandbox)
            entries = Recording(
                PageReader(fetcher, children, clock=clock), store, queue.put, clock=clock
            )
            yield Connector(
                Poller(FeedFetcher(fetcher, children, clock=clock), entries, store, clock=clock),
                store,
                entries,
                NetworkWatch(fetcher.network, store, clock),
            )


async def _poll(connector: Connector, plan: Plan, clock: SimulatedClock, seed: int) -> int:
    """Tick by tick until all has been read; how many polls that took."""
    polls = 0
    chances = {
        feed.url: random.Random(f"{seed} {feed.id}")
        for feed in await connector.store.call(State.feeds)
    }
    while not _is_read(known := await connector.store.call(State.feeds), plan, clock.now):
        due = min(feed.next_poll for feed in known)
        clock.now = max(clock.now, math.ceil(due / TICK) * TICK)
        while claimed := await connector.store.claim_due(100):
            polls += len(claimed)
            await asyncio.gather(
                *(connector.poller.poll(feed, chances[feed.url].random()) for feed in claimed)
            )
    return polls


def _is_read(known: Sequence[FeedState], plan: Plan, now: float) -> bool:
    """Whether every feed has been read after its last change, with all its entries settled."""
    return now > plan.end and all(
        feed.last_outcome == "gone"
        or (feed.validators.body_hash and feed.last_success and feed.last_success > plan.end)
        for feed in known
    )


def _metrics() -> dict[str, Counter[str]]:
    totals = metrics.totals(
        metrics.POLLS, metrics.ENTRIES, metrics.ENTRIES_SEEN, metrics.PUBLISHED, metrics.PAGES
    )
    return {
        name.removeprefix("newsline_"): Counter({k: int(v) for k, v in labelled.items()})
        for name, labelled in totals.items()
    }
