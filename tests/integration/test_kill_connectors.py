"""kill -9 of connectors at random moments, on each store: every article is published once."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from connectors.state.feeds import LEASE_SECONDS
from newsline.broker import Broker, connect
from newsline.records import RAW_TOPIC, decode_raw
from newsline.topics import contents
from tests.integration.test_kill import story
from tests.support.command import Command, until
from tests.support.news_site import Answer, Site, rss
from tests.support.postgres import PostgresServer
from tests.support.topic_reader import values

pytestmark = pytest.mark.slow

FEEDS = 6
IN_FEEDS = 3
"""In so many feeds each article is listed, so that two connectors find it in the same second."""

WAIT = 60.0
"""Seconds in which the next article is there, whatever was killed."""


class Size(NamedTuple):
    """How often to kill, while so many articles come in so many seconds."""

    kills: int
    articles: int
    seconds: float


class Wires:
    """Feeds to which articles are added at a steady pace from their first poll on; the last of each
    feed is held back until :meth:`go_on`."""

    def __init__(self, size: Size) -> None:
        self._began: float | None = None
        self._size = size
        self._limit = size.articles - FEEDS

    def go_on(self) -> None:
        self._limit = self._size.articles

    def answer(self, path: str) -> Answer | None:
        if path.startswith("/feed/"):
            now = time.monotonic()
            self._began = self._began or now
            pace = self._size.articles / self._size.seconds
            out = min(self._limit, 1 + int((now - self._began) * pace))
            feed = int(path.removeprefix("/feed/"))
            numbers = [n for n in range(out) if (feed - n) % FEEDS < IN_FEEDS]
            items = [(f"/story/{n}", f"Report number {n}", "") for n in numbers]
            return 200, "application/rss+xml", rss(items)
        if path.startswith("/story/"):
            return 200, "text/html", story(int(path.removeprefix("/story/")))
        return None


@pytest.mark.parametrize(
    "store", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def test_kill_9_of_connectors_loses_and_doubles_nothing(tmp_path, store, request):
    size = Size(kills=2, articles=60, seconds=20.0)
    if store == "sqlite":
        kill_at_random(tmp_path, [str(tmp_path / "state.db")], size)
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        kill_at_random(tmp_path, [server.new_database()] * 2, size)


def test_kill_9_of_two_connectors_on_kafka_and_postgresql_loses_and_doubles_nothing(
    tmp_path, mortal_kafka, postgres
):
    """Who takes the turn of a dead one fences its producer first."""
    size = Size(kills=2, articles=60, seconds=20.0)
    kill_at_random(tmp_path, [postgres.new_database()] * 2, size, mortal_kafka.address)


def kill_at_random(
    directory: Path, states: Sequence[str], size: Size, address: str | None = None
) -> None:
    """A connector for each of the states, of which one is killed again and again.

    Of several, the last that is killed stays dead: the others have its feeds within a lease.
    """
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    address = address or f"embedded:{directory / 'broker.db'}"
    wires = Wires(size)
    with Site(wires.answer) as site, connect(address) as broker, ExitStack() as stack:
        contents.ensure(broker)
        connectors = [
            stack.enter_context(command) for command in pollers(directory, states, site, address)
        ]
        for kill in range(size.kills):
            if kill % 2:  # while it starts
                time.sleep(chance.uniform(0.0, 5.0))
            else:  # while it publishes
                enough = min(len(found(broker)) + 1, size.articles - FEEDS)
                until(lambda n=enough: len(found(broker)) >= n, "an article", seconds=WAIT)
                time.sleep(chance.uniform(0.0, 1.0))
            victim = chance.choice(connectors)
            victim.kill()
            victim.start()
        if len(connectors) > 1:
            connectors.pop().kill()
        wires.go_on()
        last = max(size.seconds, WAIT) + LEASE_SECONDS
        until(lambda: len(found(broker)) == size.articles, "the last article", seconds=last)
        for connector in connectors:
            assert connector.terminate() == 0, connector.output()
        print(f"{size.kills} kills")
        account(broker, size.articles)
    for log in directory.glob("poll-*.log"):
        assert "Traceback" not in log.read_text()


def pollers(directory: Path, states: Sequence[str], site: Site, address: str) -> Iterator[Command]:
    """A connector for each of the states, on the feeds of the site."""
    feeds = directory / "feeds.toml"
    urls = [f"{site.url}/feed/{n}" for n in range(FEEDS)]
    feeds.write_text("".join(f'[[feed]]\nurl = "{url}"\ninterval = 1\n' for url in urls))
    for number, state in enumerate(states):
        yield Command(
            directory / f"poll-{number}.log",
            *("poll", str(feeds), "--broker", address, "--allow", site.host),
            *("--state", state, "--workers", "1", "--status", "127.0.0.1:0"),
        )


def account(broker: Broker, articles: int) -> None:
    """Says what is lost and doubled; fails the test if anything is."""
    there = found(broker, 1.0)
    lost, doubled = articles - len(there), there.total() - len(there)
    print(f"{len(there)} articles: {lost} lost, {doubled} doubled", flush=True)
    assert (lost, doubled) == (0, 0)


def found(broker: Broker, wait: float = 0.0) -> Counter[str]:
    """How often each article stands on news.raw."""
    return Counter(decode_raw(value).url for value in values(broker, RAW_TOPIC, wait))
