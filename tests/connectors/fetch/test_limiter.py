"""Feeds and pages of a host share one slot; a host that is paused or hangs blocks no other."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web
from yarl import URL

from connectors.fetch import Deferred, Fetcher, FetchFailed
from connectors.fetch import limiter as limiter_module
from connectors.fetch.limiter import HostLimiter, slot_key
from connectors.fetch.throttle import Politeness
from newsline.outcomes import FetchOutcome
from tests.support.http_server import Server, serve

COURIER = URL("https://courier.example.com/feed")
HERALD = URL("https://herald.example.org/feed")
GAP = 0.05
FAST = Politeness(gap=0.0, max_gap=0.0)


def fetcher(server: Server, politeness: Politeness) -> Fetcher:
    """A fetcher that treats the test server like any publisher."""
    return Fetcher(allow=frozenset({server.host}), own_politeness=politeness)


async def refuse(limiter: HostLimiter, url: URL, retry_after: float | None = None) -> None:
    with pytest.raises(FetchFailed):
        async with limiter.acquire(url):
            raise FetchFailed(FetchOutcome.THROTTLED, "as the test has it", retry_after, 429)


async def deferred(limiter: HostLimiter, url: URL) -> Deferred:
    with pytest.raises(Deferred) as refused:
        async with limiter.acquire(url):
            pytest.fail("it was let in")
    return refused.value


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.example.co.uk/news", "example.co.uk"),
        ("http://feeds.example.co.uk:8080/rss", "example.co.uk"),
        ("https://ana.blogspot.com/", "ana.blogspot.com"),
        ("http://127.0.0.1:8000/", "127.0.0.1:8000"),
        ("http://[::1]/", "[::1]:80"),
        ("http://newsroom.internal:81/", "newsroom.internal:81"),
    ],
)
def test_the_slots_of_one_domain_are_on_one_budget(url, name):
    assert slot_key(URL(url)) == name


async def test_feeds_and_pages_of_a_host_start_a_gap_apart():
    starts: list[float] = []

    async def answer(_: web.Request) -> web.Response:
        starts.append(time.monotonic())
        return web.Response()

    async with serve() as server, fetcher(server, Politeness(gap=GAP)) as fetching:
        server.answers = dict.fromkeys(("/feed", "/page", "/robots.txt"), answer)
        kinds = [("/feed", "feed"), ("/page", "page")] * 3
        await asyncio.gather(*(fetching.get(server.url + p, kind=k) for p, k in kinds))
    assert len(starts) == 7
    assert starts[-1] - starts[0] >= 6 * GAP - 0.02


async def test_the_crawl_delay_of_robots_txt_holds_for_the_pages_and_then_for_the_feeds():
    starts: list[float] = []

    async def answer(_: web.Request) -> web.Response:
        starts.append(time.monotonic())
        return web.Response()

    async with serve() as server, fetcher(server, FAST) as fetching:
        server.says("/robots.txt", "User-agent: newsline\nCrawl-delay: 0.3")
        server.answers |= dict.fromkeys(("/page", "/feed"), answer)
        await fetching.get(f"{server.url}/page", kind="page")
        await fetching.get(f"{server.url}/feed", kind="feed")
    assert starts[1] - starts[0] >= 0.28


async def test_after_a_429_the_host_is_not_asked_and_the_caller_does_not_wait():
    async with serve() as server, fetcher(server, Politeness(gap=0.0)) as fetching:
        server.says("/feed", status=429, Retry_After="3600")
        server.says("/other", "well")
        for path, outcome in (("/feed", FetchFailed), ("/other", Deferred)):
            with pytest.raises(outcome) as failed:
                await fetching.get(server.url + path, kind="feed")
            assert failed.value.outcome is FetchOutcome.THROTTLED
            assert 3590 < failed.value.retry_after <= 3600
        assert server.paths == ["/feed"]


async def test_after_a_503_the_host_is_asked_again_when_its_pause_is_over():
    async with serve() as server, fetcher(server, Politeness(first_pause=GAP)) as fetching:
        server.says("/feed", status=503)
        with pytest.raises(FetchFailed) as failed:
            await fetching.get(f"{server.url}/feed", kind="feed")
        assert failed.value.outcome is FetchOutcome.SERVER_ERROR
        server.says("/feed", "back")
        assert (await fetching.get(f"{server.url}/feed", kind="feed")).body == b"back"


async def test_a_pause_is_for_its_host_alone():
    limiter = HostLimiter(Politeness())
    await refuse(limiter, COURIER, 600.0)
    assert (await deferred(limiter, COURIER)).retry_after == pytest.approx(600.0, abs=1.0)
    async with limiter.acquire(HERALD):
        pass


async def test_who_already_waits_is_sent_away_too_when_a_pause_begins():
    limiter = HostLimiter(Politeness(concurrency=1, gap=0.0, max_wait=5.0))
    entered, leave = asyncio.Event(), asyncio.Event()

    async def be_refused() -> None:
        async with limiter.acquire(COURIER):
            entered.set()
            await leave.wait()
            raise FetchFailed(FetchOutcome.SERVER_ERROR, "as the test has it", 600.0, 503)

    first = asyncio.create_task(be_refused())
    await entered.wait()
    waiting = [asyncio.create_task(deferred(limiter, COURIER)) for _ in range(5)]
    await asyncio.sleep(0)
    leave.set()
    await asyncio.gather(*waiting)
    with pytest.raises(FetchFailed):
        await first


async def test_nobody_waits_longer_than_its_patience_for_a_host_that_hangs():
    limiter = HostLimiter(Politeness(concurrency=1, gap=0.0, max_gap=0.0, max_wait=0.05))
    async with limiter.acquire(COURIER):
        await asyncio.gather(*(deferred(limiter, COURIER) for _ in range(5)))
    async with limiter.acquire(COURIER):
        pass


async def test_a_queue_that_is_too_long_is_told_from_its_end():
    limiter = HostLimiter(Politeness(concurrency=1, gap=10.0))
    async with limiter.acquire(COURIER):
        waiting = [asyncio.create_task(limiter.acquire(COURIER).__aenter__()) for _ in range(6)]
        await asyncio.sleep(0)
        assert (await deferred(limiter, COURIER)).retry_after > 60.0
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_slots_that_hang_take_no_more_than_their_own_seats(monkeypatch):
    monkeypatch.setattr(limiter_module, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(limiter_module, "MAX_SLOW_REQUESTS", 2)
    monkeypatch.setattr(limiter_module, "MAX_REQUESTS", 1)
    limiter = HostLimiter(FAST)
    hanging = [URL(f"https://hanging-{n}.example/") for n in range(9)]
    for url in hanging:  # as one learns of each that it is slow
        async with limiter.acquire(url):
            await asyncio.sleep(0.001)
    over = asyncio.Event()

    async def hang(url: URL) -> None:
        async with limiter.acquire(url):
            await over.wait()

    tasks = [asyncio.create_task(hang(url)) for url in hanging]
    await asyncio.sleep(0)
    async with asyncio.timeout(5.0), limiter.acquire(HERALD):
        over.set()
    await asyncio.gather(*tasks)


async def test_slots_not_used_are_forgotten_but_not_those_that_are_paused(monkeypatch):
    monkeypatch.setattr(limiter_module, "MAX_SLOTS", 3)
    limiter = HostLimiter(FAST)
    await refuse(limiter, COURIER, 600.0)
    for number in range(50):
        async with limiter.acquire(URL(f"https://host-{number}.example/")):
            pass
    assert len(limiter._slots) <= 4
    await deferred(limiter, COURIER)


async def test_a_cancelled_request_leaves_its_turn_to_the_next():
    limiter = HostLimiter(Politeness(concurrency=1, gap=0.0))
    async with limiter.acquire(COURIER):
        task = asyncio.create_task(limiter.acquire(COURIER).__aenter__())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(5.0), limiter.acquire(COURIER):
        pass
