"""What a connector does in an outage of its own network: nothing counts, and all goes on later."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import closing

import pytest

from connectors.feedlist.feed_list import Feed
from connectors.fetch import Fetcher
from connectors.fetch.network import Belief, Network
from connectors.poll import network_watch as module
from connectors.poll.network_watch import NetworkWatch
from connectors.poll.runner import Connector
from connectors.state import AfterPoll, State
from connectors.state.async_state import AsyncState
from connectors.state.retry import Outages
from newsline.service import metrics
from tests.support.connector_harness import ConnectorHarness, feed, item, open_harness, story
from tests.support.http_server import LoopbackResolver

NOW = 1_800_000_000.0
FEEDS = [f"https://site-{number}.example/feed" for number in range(6)]
CAUSE = "dns: no such name"


class Line:
    """A network whose hosts answer while it is ``up``."""

    def __init__(self) -> None:
        self.up = False

    async def answers(self, _: str) -> bool:
        return self.up


@pytest.fixture
def state(any_state):
    any_state.enlist([Feed(url) for url in FEEDS])
    for each in any_state.claim_due(NOW, 10):
        polled = each._replace(last_success=NOW, next_poll=NOW + 900, why="as always")
        any_state.save_polls([AfterPoll(polled)])
    return any_state


@pytest.fixture
async def store(state) -> AsyncIterator[AsyncState]:
    with closing(Outages()) as outages:
        yield AsyncState(state, outages)


def watch_of(store: AsyncState, line: Line, clock=lambda: NOW + 3_600) -> NetworkWatch:
    return NetworkWatch(Network(line.answers), store, clock)


async def believing(watch: NetworkWatch) -> NetworkWatch:
    await watch.open()
    watch.network._believe(Belief(NOW, CAUSE))
    await watch.begin()
    return watch


async def test_an_outage_is_reported_kept_and_ended(state, store, capsys):
    line = Line()
    count = metrics.OUTAGES._value.get()
    watch = await believing(watch_of(store, line))
    assert (metrics.OUTAGE._value.get(), metrics.OUTAGES._value.get()) == (1, count + 1)
    assert state.condition(NOW).outage.cause == CAUSE
    assert not await watch.is_over()
    line.up = True
    assert await watch.is_over()
    await watch.end()
    assert (metrics.OUTAGE._value.get(), state.outage()) == (0, None)
    began, ended = capsys.readouterr().err.splitlines()
    assert began.startswith(
        "newsline: warning: our own network is down since 08:00:00 UTC: no host"
    )
    assert ended == "newsline: hosts answer again after 60 min: 6 feeds that waited are due"


async def test_the_feeds_that_waited_are_due_within_seconds_and_say_why(state, store):
    watch = await believing(watch_of(store, Line()))
    await watch.end()
    for each in state.feeds():
        assert NOW + 3_600 <= each.next_poll <= NOW + 3_606
        assert each.why == "after an outage of our own network of 60 min"


async def test_a_restarted_connector_goes_on_with_the_outage(state, store):
    await believing(watch_of(store, Line()))
    line = Line()
    restarted = watch_of(store, line)
    await restarted.open()
    assert restarted.network.belief == Belief(NOW, CAUSE)
    assert not restarted.network.is_up.is_set()
    line.up = True
    assert await restarted.is_over()


async def test_of_two_connectors_one_makes_the_feeds_due(state, store):
    mine, other = Line(), Line()
    ours = await believing(watch_of(store, mine))
    theirs = await believing(watch_of(store, other))
    other.up = True
    assert await theirs.is_over()
    await theirs.end()
    planned = {each.url: each.next_poll for each in state.feeds()}
    assert await ours.is_over()
    await ours.end()
    assert {each.url: each.next_poll for each in state.feeds()} == planned


async def test_a_feed_that_another_connector_polls_is_left_to_it(state, store):
    watch = await believing(watch_of(store, Line()))
    (leased,) = state.claim_due(NOW + 3_599, 1)
    await watch.end()
    assert state.feed(leased.url).next_poll == leased.next_poll


class Cut(LoopbackResolver):
    """Finds no name of these hosts' while they are ``cut``."""

    def __init__(self) -> None:
        self.cut: set[str] = set()

    async def resolve(self, host: str, port: int = 0, family: int = 0):
        if host in self.cut:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return await super().resolve(host, port, family)


class Sites:
    """A connector on a feed of its own network, whose pages are on the internet."""

    def __init__(self, harness: ConnectorHarness, resolver: Cut, watch: NetworkWatch) -> None:
        self.harness = harness
        self.resolver = resolver
        self.watch = watch

    def cut(self) -> None:
        self.resolver.cut = {f"site-{number}.example" for number in range(6)}

    async def restore(self) -> None:
        self.resolver.cut.clear()
        await self.watch.end()

    def entry(self):
        (entry,) = self.harness.state.entries(self.harness.feed().id, ["harbour"]).values()
        return entry


@pytest.fixture
async def sites(site, broker, broker_address, tmp_path, sandbox) -> AsyncIterator[Sites]:
    port = site.host.partition(":")[2]
    hosts = [f"site-{number}.example:{port}" for number in range(6)]
    page = f"http://{hosts[0]}/harbour"
    site.says("/feed", feed(item("harbour", url=page)))
    site.says("/harbour", story(title="News of the harbour"))
    resolver = Cut()
    fetcher = Fetcher(allow=frozenset({*hosts, site.host}), resolver=resolver)
    with closing(State(str(tmp_path / "state.db"))) as state:
        async with open_harness(
            site,
            broker,
            broker_address,
            state,
            parsing=sandbox,
            extracting=sandbox,
            fetcher=fetcher,
            revisit=(60.0,),
        ) as harness:
            watch = NetworkWatch(fetcher.network, harness.store)
            await watch.open()
            state.enlist([Feed(f"http://{host}/feed") for host in hosts])
            for each in state.claim_due(time.time(), 10):
                state.save_polls([AfterPoll(each._replace(last_success=time.time()))])
            yield Sites(harness, resolver, watch)


async def poll(sites: Sites) -> dict[str, int]:
    """Poll the feed of our own network, with the others listed."""
    state = sites.harness.state
    own = sites.harness.site.url + "/feed"
    state.enlist([Feed(own), *(Feed(each.url) for each in state.feeds())])
    claimed = state.claim(own, time.time())
    await sites.harness.poller.poll(claimed, 0.5)
    entry = sites.entry()
    return {entry.outcome: entry.attempts}


async def test_an_entry_keeps_its_attempts_however_many_polls_fall_into_the_outage(sites):
    sites.cut()
    for _ in range(4):
        assert await poll(sites) == {"outage": 0}
        assert not sites.entry().settled
    await sites.restore()
    assert await poll(sites) == {"published": 1}


async def test_a_page_without_an_article_is_tried_again_after_an_outage(sites):
    """A captive portal answers with a page of its own."""
    site = sites.harness.site
    article = site.answers["/harbour"]
    site.says("/harbour", "<p>Log in to the airport's network", content_type="text/html")
    sites.watch.network._believe(Belief(time.time(), CAUSE))
    await sites.watch.begin()
    assert await poll(sites) == {"outage": 0}
    await sites.restore()
    site.answers["/harbour"] = article
    assert await poll(sites) == {"published": 1}


async def test_a_revisit_that_falls_into_an_outage_is_made_later(sites):
    await poll(sites)
    revisits = sites.harness.revisits
    (due,) = sites.harness.state.claim_revisits(time.time() + 100, 5)
    sites.cut()
    await revisits.make(due)
    (again,) = sites.harness.state.claim_revisits(time.time() + 10_000, 5)
    assert again.article_id == due.article_id


async def test_a_connector_stops_polling_in_an_outage_and_goes_on_after_it(sites, monkeypatch):
    monkeypatch.setattr(module, "PROBE_SECONDS", 0.05)
    harness = sites.harness
    stop = asyncio.Event()
    sites.cut()
    connector = Connector(harness.poller, harness.store, harness.outages, None, sites.watch)
    harness.state.make_due()
    running = asyncio.create_task(connector.run(stop))
    await until(harness.state.outage)
    assert not harness.site.paths
    sites.resolver.cut.clear()
    await until(lambda: not any(each.next_poll < time.time() for each in harness.state.feeds()))
    assert harness.state.outage() is None
    stop.set()
    await running
    assert all(each.failures == 0 for each in harness.state.feeds())


async def until(condition) -> None:
    async with asyncio.timeout(30.0):
        while not condition():  # noqa: ASYNC110 - a condition of the database
            await asyncio.sleep(0.02)
