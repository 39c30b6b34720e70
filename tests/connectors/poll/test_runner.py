"""The connector's loop over real polls, and the connector as the command opens it."""

import asyncio
import gc
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import closing

import pytest
from aiohttp import web

from connectors.feedlist.feed_list import Feed
from connectors.fetch import Fetcher
from connectors.fetch.throttle import Politeness
from connectors.poll import runner as module
from connectors.poll import wiring
from connectors.poll.runner import Connector
from connectors.poll.wiring import Settings, open_connector
from connectors.publish.publisher import Publisher
from connectors.state import AfterPoll, State, StateError
from newsline.broker import Fenced
from tests.support.command import Command
from tests.support.connector_harness import entry_counts, feed, item, open_harness, published, story
from tests.support.http_server import LoopbackResolver

SECONDS = 30.0
"""For what happens at once, or never."""


class Held:
    """A path of a site whose answer is held back: ``asked`` is set when a request waits for it."""

    def __init__(self, site, path: str, body: bytes | str) -> None:
        self.asked = asyncio.Event()
        self.let = asyncio.Event()
        self._body = body.encode() if isinstance(body, str) else body
        site.answers[path] = self._answer

    async def _answer(self, _: web.Request) -> web.Response:
        self.asked.set()
        await self.let.wait()
        return web.Response(body=self._body)


@pytest.fixture
def stop():
    return asyncio.Event()


@pytest.fixture
def listed(harness):
    """Make a connector of the site's feeds at these paths."""

    def connector(*paths: str, interval: float | None = None) -> Connector:
        harness.state.enlist([Feed(harness.site.url + path, interval) for path in paths])
        return Connector(harness.poller, harness.store, harness.outages)

    return connector


def newsroom(site, *names: str) -> None:
    """A feed at /NAME/feed with one story, for each of the names."""
    for name in names:
        site.says(f"/{name}/feed", feed(item(name)))
        site.says(f"/{name}", story(title=f"News of the {name}"))


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110 - most conditions are other processes' or files'
            await asyncio.sleep(0.01)


async def within(work: Awaitable[None]) -> None:
    async with asyncio.timeout(SECONDS):
        await work


async def test_once_polls_every_feed_whether_it_is_due_or_not(harness, site, listed, stop):
    newsroom(site, "harbour", "mill")
    (mill,) = harness.claim("/mill/feed")
    harness.state.save_polls([AfterPoll(mill._replace(next_poll=time.time() + 3_600))])
    await within(listed("/harbour/feed", "/mill/feed").once(stop))
    assert {article.title for article in harness.articles()} == {
        "News of the harbour",
        "News of the mill",
    }
    assert not stop.is_set()


async def test_run_polls_what_is_due_again_and_again_and_nothing_else(harness, site, listed, stop):
    newsroom(site, "harbour", "mill")
    (mill,) = harness.claim("/mill/feed")
    harness.state.save_polls([AfterPoll(mill._replace(next_poll=time.time() + 3_600))])
    running = asyncio.create_task(listed("/harbour/feed", "/mill/feed", interval=0.05).run(stop))
    await until(lambda: site.paths.count("/harbour/feed") >= 5)
    stop.set()
    await within(running)
    assert "/mill/feed" not in site.paths
    assert len(harness.articles()) == 1


async def test_what_is_published_while_it_runs_is_found(harness, site, listed, stop):
    newsroom(site, "harbour")
    running = asyncio.create_task(listed("/harbour/feed", interval=0.05).run(stop))
    await until(lambda: len(harness.articles()) == 1)
    site.says("/harbour/feed", feed(item("harbour"), item("late", url="/mill")))
    newsroom(site, "mill")
    await until(lambda: len(harness.articles()) == 2)
    stop.set()
    await within(running)


async def test_more_feeds_than_may_be_polled_at_once_are_all_polled(
    harness, site, listed, stop, monkeypatch
):
    monkeypatch.setattr(module, "POLLS_AT_ONCE", 2)
    names = [f"town-{n}" for n in range(7)]
    newsroom(site, *names)
    await within(listed(*(f"/{name}/feed" for name in names)).once(stop))
    assert len(harness.articles()) == 7


async def test_two_hundred_sites_that_hang_hold_up_none_of_the_others(
    site, broker, broker_address, state, sandbox, stop
):
    port = site.host.partition(":")[2]
    hung = Held(site, "/hung", "")
    newsroom(site, *(f"town-{n}" for n in range(20)))
    hosts = [f"hung-{n}.example:{port}" for n in range(200)]
    urls = [f"http://{host}/hung" for host in hosts]
    urls += [f"http://site-{n}.example:{port}/town-{n}/feed" for n in range(20)]
    hosts += [f"site-{n}.example:{port}" for n in range(20)] + [site.host]
    parts = {"parsing": sandbox, "extracting": sandbox}
    fetcher = Fetcher(
        allow=frozenset(hosts), own_politeness=Politeness(), resolver=LoopbackResolver()
    )
    async with open_harness(
        site, broker, broker_address, state, fetcher=fetcher, **parts
    ) as harness:
        state.enlist([Feed(url) for url in urls])
        running = asyncio.create_task(
            Connector(harness.poller, harness.store, harness.outages).once(stop)
        )
        await until(lambda: site.paths.count("/hung") == 200)
        await until(lambda: len(harness.articles()) == 20)
        assert not any(state.feed(url).last_success for url in urls[:200])
        hung.let.set()
        await within(running)


@pytest.mark.parametrize("part", ["/harbour/feed", "/harbour"])
async def test_a_site_that_hangs_holds_up_no_other_feed(harness, site, listed, stop, part):
    newsroom(site, "harbour", "mill")
    hung = Held(site, part, "")
    running = asyncio.create_task(listed("/harbour/feed", "/mill/feed", interval=0.05).run(stop))
    await within(hung.asked.wait())
    await until(lambda: [a.title for a in harness.articles()] == ["News of the mill"])
    await until(lambda: site.paths.count("/mill/feed") >= 3)
    assert site.paths.count("/harbour/feed") == 1
    hung.let.set()
    stop.set()
    await within(running)


async def test_feeds_that_fail_stop_no_other(harness, site, listed, stop):
    newsroom(site, "harbour")
    site.says("/broken/feed", status=500)
    site.says("/junk/feed", b"\x00\xff" * 1_000)
    site.says("/bomb/feed", b"<rss" + b"<a>" * 100_000)
    site.says("/bad/feed", feed(item(url="http://[::1"), item("b", url=None), item("c")))
    feeds = [f"/{name}/feed" for name in ("broken", "junk", "bomb", "bad", "gone", "harbour")]
    before = entry_counts()
    await within(listed(*feeds).once(stop))
    counted = entry_counts() - before
    assert len(harness.articles()) == 1
    assert counted.pop("seen") == counted.total() == 4


@pytest.mark.parametrize("again", [False, True], ids=["once", "run"])
async def test_stop_lets_what_is_in_flight_be_published_and_remembered(
    harness, site, listed, stop, again
):
    newsroom(site, "harbour")
    page = Held(site, "/harbour", story())
    connector = listed("/harbour/feed")
    running = asyncio.create_task(connector.run(stop) if again else connector.once(stop))
    await within(page.asked.wait())
    stop.set()
    await asyncio.sleep(0)
    assert not running.done()
    page.let.set()
    await within(running)
    assert len(harness.articles()) == 1
    assert harness.feed("/harbour/feed").last_outcome == "ok"


@pytest.mark.parametrize("again", [False, True], ids=["once", "run"])
async def test_what_is_not_done_in_time_after_stop_is_left_and_published_by_the_next(
    harness, site, listed, stop, monkeypatch, again
):
    monkeypatch.setattr(module, "DRAIN_SECONDS", 0.05)
    newsroom(site, "harbour", "mill")
    page = Held(site, "/harbour", story())
    connector = listed("/harbour/feed", "/mill/feed")
    running = asyncio.create_task(connector.run(stop) if again else connector.once(stop))
    await within(page.asked.wait())
    await until(lambda: harness.feed("/mill/feed").last_outcome == "ok")
    stop.set()
    await within(running)
    assert harness.feed("/harbour/feed").last_outcome == "never"
    page.let.set()
    await within(listed("/harbour/feed").once(asyncio.Event()))
    assert len(harness.articles()) == 2


@pytest.mark.parametrize("again", [False, True], ids=["once", "run"])
async def test_after_stop_no_poll_begins(harness, site, listed, stop, monkeypatch, again):
    monkeypatch.setattr(module, "POLLS_AT_ONCE", 1)
    newsroom(site, "harbour", "mill")
    page = Held(site, "/harbour", story())
    connector = listed("/harbour/feed", "/mill/feed")
    running = asyncio.create_task(connector.run(stop) if again else connector.once(stop))
    await within(page.asked.wait())
    stop.set()
    page.let.set()
    await within(running)
    assert "/mill/feed" not in site.paths
    assert len(harness.articles()) == 1


@pytest.mark.parametrize("again", [False, True], ids=["once", "run"])
async def test_a_broker_that_fails_stops_the_connector_with_its_own_error_at_once(
    harness, site, listed, stop, broker, broker_address, state, caplog, again
):
    names = [f"town-{n}" for n in range(5)]
    newsroom(site, "harbour", *names)
    hung = Held(site, "/harbour/feed", "")
    Publisher(broker, broker_address, state)
    connector = listed("/harbour/feed", *(f"/{name}/feed" for name in names), interval=0.05)
    with pytest.raises(Fenced):
        await within(connector.run(stop) if again else connector.once(stop))
    assert hung.asked.is_set()
    assert harness.articles() == []
    gc.collect()
    assert caplog.text == ""
    hung.let.set()


@pytest.mark.parametrize("again", [False, True], ids=["once", "run"])
async def test_a_state_that_fails_stops_the_connector_with_its_own_error(
    harness, site, listed, stop, tmp_path, again
):
    newsroom(site, "harbour")
    connector = listed("/harbour/feed")
    with sqlite3.connect(tmp_path / "state.db") as other:
        other.execute("DROP TABLE entries")
    with pytest.raises(StateError, match=r"state\.db"):
        await within(connector.run(stop) if again else connector.once(stop))


async def test_an_error_while_it_stops_is_told_too(
    harness, site, listed, stop, broker, broker_address, state
):
    newsroom(site, "harbour")
    page = Held(site, "/harbour", story())
    running = asyncio.create_task(listed("/harbour/feed").run(stop))
    await within(page.asked.wait())
    Publisher(broker, broker_address, state)
    stop.set()
    page.let.set()
    with pytest.raises(Fenced):
        await within(running)


def settings(site, tmp_path, broker_address) -> Settings:
    path = str(tmp_path / "state.db")
    return Settings(broker_address, path, frozenset({site.host}), "", 1)


async def test_an_opened_connector_knows_what_the_one_before_it_has_published(
    site, broker, broker_address, tmp_path, stop
):
    newsroom(site, "harbour")
    feeds = [Feed(f"{site.url}/harbour/feed")]
    for _ in range(2):
        async with open_connector(
            feeds, broker, settings(site, tmp_path, broker_address)
        ) as opened:
            await within(opened.once(stop))
    assert len(published(broker)) == 1
    assert site.paths.count("/harbour/feed") == 2
    assert site.paths.count("/harbour") == 1


async def test_a_batch_that_is_being_written_is_finished_before_the_connector_is_closed(
    site, broker, broker_address, tmp_path, stop, monkeypatch
):
    monkeypatch.setattr(module, "DRAIN_SECONDS", 0.05)
    begun, let = threading.Event(), threading.Event()
    ends = []

    class SlowPublisher(Publisher):
        def _publish(self, lock, producer, batch):
            begun.set()
            assert let.wait(SECONDS)
            outcomes = super()._publish(lock, producer, batch)
            ends.append("published")
            return outcomes

        def close(self):
            ends.append("closed")

    monkeypatch.setattr(wiring, "Publisher", SlowPublisher)
    newsroom(site, "harbour")
    feeds = [Feed(f"{site.url}/harbour/feed")]
    async with open_connector(feeds, broker, settings(site, tmp_path, broker_address)) as opened:
        running = asyncio.create_task(opened.run(stop))
        await until(begun.is_set)
        stop.set()
        await within(running)
        asyncio.get_running_loop().call_later(0.1, let.set)
    assert ends == ["published", "closed"]
    assert len(published(broker)) == 1


async def test_sigterm_ends_a_poll_once_cleanly_though_a_site_hangs(
    site, broker, broker_address, tmp_path
):
    newsroom(site, "harbour", "mill")
    hung = Held(site, "/harbour", "")
    feeds = tmp_path / "feeds.toml"
    urls = [f"{site.url}/{name}/feed" for name in ("harbour", "mill")]
    feeds.write_text("".join(f'[[feed]]\nurl = "{url}"\n' for url in urls))
    with Command(
        tmp_path / "poll.log",
        *("poll", str(feeds), "--once", "--broker", broker_address, "--allow", site.host),
        *("--state", str(tmp_path / "state.db"), "--status", "127.0.0.1:0"),
    ) as poll:
        await within(hung.asked.wait())
        await until(lambda: published(broker))
        in_time = module.DRAIN_SECONDS + 5  # it starts no more, and ends
        assert await asyncio.to_thread(poll.terminate, in_time) == 0, poll.output()
    assert "Traceback" not in poll.output()
    with closing(State(str(tmp_path / "state.db"))) as state:
        outcomes = [state.feed(url).last_outcome for url in urls]
    assert outcomes == ["never", "ok"]
