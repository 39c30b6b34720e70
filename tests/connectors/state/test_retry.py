"""Outages: reported once, retried, and nothing lost or published twice."""

import asyncio
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa

from connectors.feedlist.feed_list import Feed
from connectors.poll import runner as connecting
from connectors.poll.wiring import Settings, open_connector
from connectors.state import State, StateError, StateUnreachable
from connectors.state import retry as module
from connectors.state.retry import Outages
from newsline.broker import BrokerUnreachable, Fenced, connect, embedded, embedded_file
from newsline.topics import contents
from tests.connectors.poll.test_runner import Held, newsroom, until, within
from tests.support.connector_harness import feed, item, published, story


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.3)


@pytest.fixture
def outages():
    with closing(Outages()) as outages:
        yield outages


@pytest.fixture
def stop():
    return asyncio.Event()


class Flaky:
    """Work that meets these errors in turn, and then is done."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)

    def __call__(self) -> str:
        if self._errors:
            raise self._errors.pop(0)
        return "done"


async def test_work_is_tried_again_until_it_is_done_and_the_outage_is_said_once(outages, capsys):
    away = [StateUnreachable("state.db: locked") for _ in range(3)]
    assert await outages.retry(Flaky(*away)) == "done"
    assert outages.problem() is None
    assert capsys.readouterr().err.splitlines() == [
        "the state is unreachable, retrying: state.db: locked",
        "the state is reachable again",
    ]


async def test_a_connection_that_fails_once_is_no_outage(outages, capsys):
    assert await outages.retry(Flaky(StateUnreachable("connection reset"))) == "done"
    assert capsys.readouterr().err == ""


async def test_a_first_attempt_that_hung_is_an_outage(outages, capsys, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 0.0)
    assert await outages.retry(Flaky(BrokerUnreachable("no answer"))) == "done"
    assert capsys.readouterr().err.splitlines() == [
        "the broker is unreachable, retrying: no answer",
        "the broker is reachable again",
    ]


async def test_two_outages_at_once_are_said_apart(outages, capsys):
    both = Flaky(*2 * [BrokerUnreachable("no answer"), StateUnreachable("no space")])
    assert await outages.retry(both) == "done"
    assert len(capsys.readouterr().err.splitlines()) == 4


async def test_many_that_meet_one_outage_say_it_once(outages, capsys):
    works = [Flaky(*2 * [BrokerUnreachable("no answer")]) for _ in range(5)]
    assert await asyncio.gather(*map(outages.retry, works)) == ["done"] * 5
    assert len(capsys.readouterr().err.splitlines()) == 2


@pytest.mark.parametrize("error", [Fenced("taken over"), StateError("no such table"), ValueError()])
async def test_what_does_not_pass_is_raised_at_once(outages, error):
    with pytest.raises(type(error)):
        await outages.retry(Flaky(error))


async def test_while_it_waits_there_is_a_problem_and_at_the_end_the_outage_is_raised(outages):
    away = [BrokerUnreachable("no answer") for _ in range(1_000)]
    waiting = asyncio.create_task(outages.retry(Flaky(*away)))
    await until(outages.problem)
    assert outages.problem() == "no answer"
    outages.end()
    with pytest.raises(BrokerUnreachable):
        await waiting


def settings(site, address: str, broker_address: str) -> Settings:
    return Settings(broker_address, address, frozenset({site.host}), "", 1)


async def test_postgresql_that_is_restarted_is_waited_for(
    site, broker, broker_address, mortal_postgres, stop, capsys
):
    newsroom(site, "harbour")
    told = settings(site, mortal_postgres.new_database(), broker_address)
    feeds = [Feed(f"{site.url}/harbour/feed", 0.05)]
    async with open_connector(feeds, broker, told) as connector:
        running = asyncio.create_task(connector.run(stop))
        await until(lambda: len(published(broker)) == 1)
        for number, name in enumerate(("mill", "tower"), start=2):
            await asyncio.to_thread(mortal_postgres.stop)
            newsroom(site, name)
            site.says("/harbour/feed", feed(item("harbour"), item(name)))
            await until(connector.problem)
            assert not running.done()
            await asyncio.to_thread(mortal_postgres.start)
            await until(lambda number=number: len(published(broker)) == number)
            await until(lambda: connector.problem() is None)
        stop.set()
        await within(running)
    said = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in said] == [
        "the state is unreachable",
        "the state is reachable again",
    ] * 2
    assert "Traceback" not in "".join(said)


async def test_postgresql_that_goes_between_decision_and_memory_doubles_nothing(
    site, broker, broker_address, mortal_postgres, stop, monkeypatch
):
    newsroom(site, "harbour")
    told = settings(site, mortal_postgres.new_database(), broker_address)
    commit = embedded.EmbeddedProducer.commit
    written = asyncio.Event()
    loop = asyncio.get_running_loop()

    def commit_and_lose_the_state(self, messages, position=None):
        commit(self, messages, position)
        if not written.is_set():
            mortal_postgres.stop()
            loop.call_soon_threadsafe(written.set)

    monkeypatch.setattr(embedded.EmbeddedProducer, "commit", commit_and_lose_the_state)
    feeds = [Feed(f"{site.url}/harbour/feed", 0.05)]
    async with open_connector(feeds, broker, told) as connector:
        running = asyncio.create_task(connector.run(stop))
        await within(written.wait())
        await until(connector.problem)
        await asyncio.to_thread(mortal_postgres.start)
        await until(lambda: site.paths.count("/harbour/feed") >= 3)
        stop.set()
        await within(running)
    assert len(published(broker)) == 1


async def test_a_broker_that_is_locked_is_waited_for(
    site, broker_address, tmp_path, stop, monkeypatch
):
    monkeypatch.setattr(embedded_file, "LOCK_SECONDS", 0.1)
    newsroom(site, "harbour")
    told = settings(site, str(tmp_path / "state.db"), broker_address)
    with connect(broker_address) as impatient:
        contents.ensure(impatient)
        feeds = [Feed(f"{site.url}/harbour/feed", 0.05)]
        page = Held(site, "/harbour", story())
        async with open_connector(feeds, impatient, told) as connector:
            running = asyncio.create_task(connector.run(stop))
            await within(page.asked.wait())
            with closing(sqlite3.connect(tmp_path / "broker.db")) as other:
                other.execute("BEGIN IMMEDIATE")
                page.let.set()
                await until(connector.problem)
                other.rollback()
            await until(lambda: published(impatient))
            await until(lambda: connector.problem() is None)
            stop.set()
            await within(running)
        assert len(published(impatient)) == 1


async def test_a_full_disk_under_the_state_is_waited_for(
    site, broker, broker_address, tmp_path, stop
):
    newsroom(site, "harbour")
    address = str(tmp_path / "state.db")
    told = settings(site, address, broker_address)
    feeds = [Feed(f"{site.url}/harbour/feed", 0.05)]
    async with open_connector(feeds, broker, told) as connector:
        running = asyncio.create_task(connector.run(stop))
        await until(lambda: len(published(broker)) == 1)
        full = True

        def limit(connection, *_):
            """SQLite says of a file that has all its pages what it says of a full disk."""
            connection.execute(f"PRAGMA max_page_count = {1 if full else 1_000_000}")

        sa.event.listen(sa.pool.Pool, "checkout", limit)
        try:
            items = [item(f"{n}-{'x' * 400}", url="/mill") for n in range(300)]
            newsroom(site, "mill")
            site.says("/harbour/feed", feed(*items))
            await until(connector.problem)
            assert "full" in connector.problem()
            full = False
            await until(lambda: connector.problem() is None)
        finally:
            sa.event.remove(sa.pool.Pool, "checkout", limit)
        stop.set()
        await within(running)
    assert len(published(broker)) == 2


async def test_while_the_state_is_away_a_stop_is_heeded(
    site, broker, broker_address, mortal_postgres, stop, monkeypatch
):
    monkeypatch.setattr(connecting, "DRAIN_SECONDS", 0.2)
    newsroom(site, "harbour")
    address = mortal_postgres.new_database()
    feeds = [Feed(f"{site.url}/harbour/feed", 0.05)]
    page = Held(site, "/harbour", story())
    async with asyncio.timeout(30):
        async with open_connector(
            feeds, broker, settings(site, address, broker_address)
        ) as connector:
            running = asyncio.create_task(connector.run(stop))
            await page.asked.wait()
            await asyncio.to_thread(mortal_postgres.stop)
            page.let.set()
            await until(connector.problem)
            stop.set()
            await running
    mortal_postgres.start()
    with closing(State(address)) as state:
        assert state.feed(feeds[0].url).last_outcome == "never"
