"""Telling an outage of our own network from a host that gives no answer."""

from __future__ import annotations

import asyncio
import socket

import pytest
from yarl import URL

from connectors.fetch import Fetcher, FetchFailed
from connectors.fetch.network import ASKED, Belief, Controls, Network, NetworkDown
from newsline.outcomes import FetchOutcome
from tests.support.http_server import LoopbackResolver

MINE = URL("https://mine.example/feed")
REFUSED = FetchFailed(FetchOutcome.CONNECT, "refused")
UNRESOLVED = FetchFailed(FetchOutcome.DNS, "no such name")
NO_NAME_SERVER = FetchFailed(FetchOutcome.DNS, "no name server", local=True)


class World:
    """Other hosts, of which those in ``silent`` give no answer; ``asked``: the feeds asked."""

    def __init__(self, *hosts: str) -> None:
        self.feeds = [f"https://{host}/feed" for host in hosts]
        self.silent: set[str] = set()
        self.asked: list[str] = []
        self.now = 100.0
        self.known = True
        self.network = Network(self._ask, lambda: self.now, lambda: 1_000.0 + self.now)
        self.network.watch(self._find)

    def cut(self) -> None:
        self.silent = set(self.feeds)

    async def is_ours(
        self, failure: FetchFailed = REFUSED, url: URL = MINE, started: float = 100.0
    ) -> bool:
        try:
            await self.network.judge(url, failure, started)
        except NetworkDown:
            return True
        return False

    async def _ask(self, feed: str) -> bool | None:
        self.asked.append(feed)
        await asyncio.sleep(0)
        return feed not in self.silent

    async def _find(self) -> Controls:
        return Controls(self.feeds, self.known)


@pytest.fixture
def world() -> World:
    return World(*(f"other-{number}.example" for number in range(30)))


async def test_a_host_that_fails_alone_is_at_fault(world):
    assert not await world.is_ours()
    assert world.network.belief is None


async def test_an_outage_is_ours_if_other_hosts_give_no_answer_either(world):
    world.cut()
    assert await world.is_ours()
    assert world.network.belief == Belief(1_100.0, "connect: refused")
    assert world.network.is_down.is_set()
    assert len(world.asked) == ASKED


async def test_nobody_is_asked_if_another_host_has_answered_since(world):
    world.network.answered(URL("https://other-1.example/"), 100.5)
    assert not await world.is_ours()
    assert world.asked == []


async def test_answers_of_the_same_site_and_earlier_ones_say_nothing(world):
    world.cut()
    world.network.answered(URL("https://mine.example/other"), 100.5)
    world.network.answered(URL("https://other-1.example/"), 99.0)
    assert await world.is_ours()


async def test_connections_that_go_on_without_dns_do_not_hide_its_failure(world):
    world.cut()
    world.network.answered(URL("https://other-1.example/"), 100.5)
    assert await world.is_ours(UNRESOLVED)


async def test_a_name_does_not_exist_if_another_one_is_found(world):
    world.network.looked_up("other-1.example", 100.5)
    assert not await world.is_ours(UNRESOLVED)
    assert world.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        FetchFailed(FetchOutcome.SERVER_ERROR, "500", status=500),
        FetchFailed(FetchOutcome.FORBIDDEN, "403", status=403),
        FetchFailed(FetchOutcome.BAD_RESPONSE, "304", status=304),
        FetchFailed(FetchOutcome.ROBOTS, "disallowed"),
    ],
)
async def test_an_answer_is_an_answer_whatever_it_says(world, answer):
    world.cut()
    assert not await world.is_ours(answer)
    assert world.asked == []


async def test_a_hosting_service_with_a_thousand_feeds_is_one_host():
    world = World(*(f"blog-{number}.blogspot.com" for number in range(1_000)))
    world.cut()
    assert not await world.is_ours(url=URL("https://blog-x.blogspot.com/"))
    assert not await world.is_ours(url=MINE)


async def test_of_a_single_feed_only_this_machines_own_failure_is_ours():
    world = World("mine.example")
    world.cut()
    assert not await world.is_ours(REFUSED)
    assert not await world.is_ours(UNRESOLVED)
    assert await world.is_ours(NO_NAME_SERVER)


async def test_many_requests_that_fail_together_ask_once(world):
    assert not any(await asyncio.gather(*(world.is_ours() for _ in range(50))))
    assert len(world.asked) == ASKED
    world.now += 60.0
    await world.is_ours(started=world.now)
    assert len(world.asked) == 2 * ASKED


async def test_while_an_outage_is_believed_nobody_is_asked(world):
    world.cut()
    await world.is_ours()
    world.asked.clear()
    assert await world.is_ours(url=URL("https://another.example/"))
    assert world.asked == []
    world.network.restored()
    assert world.network.is_up.is_set()
    world.silent.clear()
    assert not await world.is_ours()


async def test_a_list_that_was_never_read_needs_more_hosts():
    world = World(*(f"new-{number}.example" for number in range(6)))
    world.known = False
    world.cut()
    assert not await world.is_ours()


async def test_without_a_watch_every_failure_is_the_hosts():
    network = Network(World()._ask)
    await network.judge(MINE, NO_NAME_SERVER, 0.0)
    assert network.belief is None


class Switch(LoopbackResolver):
    """Resolves names to 127.0.0.1 until it is ``cut``."""

    cut = False

    async def resolve(self, host: str, port: int = 0, family: int = 0):
        if self.cut:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return await super().resolve(host, port, family)


async def test_a_real_outage_is_recognised_and_robots_txt_is_not_held_against_a_site(site):
    port = site.host.partition(":")[2]
    hosts = [f"site-{number}.example:{port}" for number in range(5)]
    feeds = [f"http://{host}/feed" for host in hosts]
    site.says("/page", "<p>News")
    resolver = Switch()

    async def find() -> Controls:
        return Controls(feeds)

    async with Fetcher(allow=frozenset(hosts), resolver=resolver) as fetcher:
        fetcher.network.watch(find)
        resolver.cut = True
        with pytest.raises(NetworkDown) as down:
            await fetcher.get(f"http://{hosts[0]}/page", feed=feeds[0], kind="page")
        assert down.value.outcome is FetchOutcome.OUTAGE
        assert fetcher.network.belief
        resolver.cut = False
        assert await fetcher.network.ask(feeds, 3) == dict.fromkeys(
            [f"site-{number}.example" for number in range(3)], True
        )
        fetcher.network.restored()
        answer = await fetcher.get(f"http://{hosts[0]}/page", feed=feeds[0], kind="page")
        assert answer.status == 200
