"""All hostile sites at once, with healthy ones among them, through the real connector."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from connectors.article import page_reader
from connectors.article.page_reader import PageReader
from connectors.feedlist.feed_list import Feed
from connectors.fetch import Fetcher
from connectors.fetch import fetcher as fetcher_module
from connectors.poll.feed_fetcher import FeedFetcher
from connectors.poll.poller import Poller
from connectors.poll.wiring import CHILD_MEMORY, publishing
from connectors.publish.publisher import Publisher
from connectors.state import State
from connectors.state.async_state import AsyncState
from connectors.state.retry import Outages
from newsline.sandbox.fair_share import FairShare
from newsline.sandbox.pool import Sandbox
from tests.connectors.hostile.cases import DOMAIN, Answer, Case, says
from tests.connectors.hostile.corpus import CASES, Resolver, Web, served
from tests.support.connector_harness import (
    FIRST,
    SECOND,
    THIRD,
    Recording,
    entry_counts,
    feed,
    item,
    published,
    story,
)

pytestmark = pytest.mark.slow

FETCH_SECONDS = 30.0
CHILD_SECONDS = 8.0
HANGS = 400.0
AT_ONCE = 25
MEMORY = 400 * 1024**2
"""Bytes that the whole run may add to this process, which serves the sites too."""

HEALTHY = [f"healthy-{number}.{DOMAIN}" for number in range(5)]
ROUNDS = 5
NEW_IN_EACH = 4


class Newsroom:
    """The connector's parts, polled site by site."""

    def __init__(self, web: Web, state: State, poller: Poller, entries: Recording) -> None:
        self.web = web
        self.state = state
        self._poller = poller
        self._entries = entries

    async def poll(self, host: str) -> None:
        feed = self.state.claim(self.web.url(host), time.time())
        assert feed
        await self._poller.poll(feed, 0.5)

    async def poll_healthy(self, host: str) -> None:
        """Poll a site with new entries each time."""
        for number in range(1, ROUNDS + 1):
            self.web.sites[host] = healthy(number * NEW_IN_EACH)
            await self.poll(host)

    def became(self, host: str) -> tuple[str, dict[str, int]]:
        """The outcome of the last poll, and the entries by outcome."""
        url = self.web.url(host)
        return self.state.feed(url).last_outcome, dict(self._entries.outcomes[url])


@asynccontextmanager
async def open_newsroom(sites, broker, address, path: Path) -> AsyncIterator[Newsroom]:
    with (
        closing(State(str(path / "state.db"))) as state,
        closing(Publisher(broker, address, state)) as publisher,
        closing(Sandbox(2, memory_bytes=CHILD_MEMORY)) as sandbox,
        closing(Outages()) as outages,
    ):
        store = AsyncState(state, outages)
        queue = publishing(publisher, outages)
        allow = frozenset(sites)
        async with (
            store.working(),
            queue.working(),
            served(sites) as web,
            Fetcher(allow=allow, seconds=FETCH_SECONDS, resolver=Resolver()) as fetcher,
        ):
            state.enlist([Feed(web.url(host)) for host in sites])
            children = FairShare(sandbox)
            reader = PageReader(fetcher, children)
            entries = Recording(reader, store, queue.put)
            feeds = FeedFetcher(fetcher, children, parse_seconds=CHILD_SECONDS)
            poller = Poller(feeds, entries, store)
            yield Newsroom(web, state, poller, entries)


def healthy(stories: int) -> dict[str, Answer]:
    names = [f"story-{number}" for number in range(stories)]
    pages = {f"/{name}": says(story(FIRST, SECOND, f"{THIRD} This is {name}.")) for name in names}
    return {"/feed": says(feed(*(item(name) for name in names)).encode()), **pages}


def expected(case: Case) -> list[tuple[str, dict[str, int]]]:
    """The right outcomes; unread entries reach no handler."""
    entries = [(case.poll, case.entries)]
    if case.in_time is not None:
        entries.append(("ok", case.in_time))
    return [(poll, {k: n for k, n in of.items() if k != "unread"}) for poll, of in entries]


def memory_from_now() -> int:
    """Resident bytes of this process; resets the peak (VmHWM)."""
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


def memory(name: str) -> int:
    """Resident bytes of this process now (VmRSS) or at their peak (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


def test_the_corpus_has_more_than_a_hundred_cases_each_with_a_name_of_its_own():
    assert len({case.host for case in CASES}) == len(CASES) >= 200


async def test_each_hostile_site_comes_to_its_outcome_and_the_healthy_ones_go_on(
    broker, broker_address, tmp_path, monkeypatch
):
    monkeypatch.setattr(fetcher_module, "DNS_CACHE_SECONDS", 0)  # one lookup per connection
    monkeypatch.setattr(page_reader, "EXTRACT_SECONDS", CHILD_SECONDS)
    sites = {case.host: case.site for case in CASES} | {host: healthy(0) for host in HEALTHY}
    counted, seats = entry_counts(), asyncio.Semaphore(AT_ONCE)
    in_memory = memory_from_now()
    async with open_newsroom(sites, broker, broker_address, tmp_path) as newsroom:

        async def poll(case: Case) -> None:
            async with seats:
                for _ in range(case.polls):
                    await newsroom.poll(case.host)

        async with asyncio.timeout(HANGS):
            healthy_ones = map(newsroom.poll_healthy, HEALTHY)
            await asyncio.gather(*map(poll, CASES), *healthy_ones)
        became = {case.name: newsroom.became(case.host) for case in CASES}
        news = sum(newsroom.became(host)[1]["published"] for host in HEALTHY)
        assert newsroom.web.strangers == []
    assert {c.name: became[c.name] for c in CASES if became[c.name] not in expected(c)} == {}
    assert news == len(HEALTHY) * ROUNDS * NEW_IN_EACH
    counted = entry_counts() - counted
    assert counted.pop("seen") == counted.total()
    read = [c.in_time if c.in_time and became[c.name][0] == "ok" else c.entries for c in CASES]
    assert counted["unread"] == sum(entries.get("unread", 0) for entries in read)
    assert len(published(broker)) == counted["published"]
    assert memory("VmHWM") - in_memory < MEMORY
