"""A connector without its schedule, between a small site and files, and what the site tells it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Any, NamedTuple

from connectors.entries import EntryHandler
from connectors.feeds import Feed
from connectors.fetch import Fetcher
from connectors.poll import Poller
from connectors.publish import Publisher
from connectors.queue import PublishQueue
from connectors.state import FeedState, State
from pipeline import metrics
from pipeline.broker import Broker
from pipeline.records import RAW_TOPIC, RawArticle, decode_raw
from pipeline.sandbox import Sandbox
from tests.connectors.web import Server
from tests.integration.site import page

FIRST = "The harbour reopened to large ships on Monday after four months of repairs to its walls."
SECOND = (
    "The harbour master said that the first vessels to arrive had come from Norway with timber."
)
THIRD = (
    "Two more berths are to follow in the autumn, according to a plan that the council approved."
)


class Desk(NamedTuple):
    """The parts, to be polled feed by feed; ``site`` is where the feeds are."""

    site: Server
    broker: Broker
    state: State
    poller: Poller

    async def poll(self, *paths: str) -> dict[str, int]:
        """Poll the site's feeds, or its only one, at the same time. How many entries came to which
        outcome, as it was counted: each of those seen to one."""
        feeds = [Feed(self.site.url + path) for path in paths or ["/feed"]]
        before = entry_counts()
        await asyncio.gather(*(self.poller.poll(feed, 0.5) for feed in feeds))
        counted = entry_counts() - before
        assert counted.pop("seen", 0) == counted.total()
        return dict(counted)

    def feed(self, path: str = "/feed") -> FeedState:
        return self.state.feed(self.site.url + path)

    def articles(self) -> list[RawArticle]:
        return published(self.broker)


@asynccontextmanager
async def open_desk(
    site: Server,
    broker: Broker,
    address: str,
    state: State,
    *,
    parsing: Sandbox,
    extracting: Sandbox,
) -> AsyncIterator[Desk]:
    with closing(Publisher(broker, address, state)) as publisher:
        queue = PublishQueue(publisher.publish)
        publishing = asyncio.create_task(queue.run())
        async with Fetcher(allow=frozenset({site.host})) as fetcher:
            entries = EntryHandler(fetcher, extracting, state, queue.put)
            yield Desk(site, broker, state, Poller(fetcher, parsing, entries, state))
        await queue.join()
        publishing.cancel()


def entry_counts() -> Counter[str]:
    """Entries by outcome, as far as any test has come; ``seen``: all that were read from feeds."""
    totals = metrics.totals(metrics.ENTRIES, metrics.ENTRIES_SEEN)
    seen = totals["newsline_entries_seen"][""]
    counts = {name: int(count) for name, count in totals["newsline_entries"].items()}
    return Counter(counts | {"seen": int(seen)})


def published(broker: Broker) -> list[RawArticle]:
    """What stands on news.raw, partition by partition."""
    return [
        decode_raw(record.value)
        for partition in range(broker.partitions(RAW_TOPIC))
        for record in broker.read(RAW_TOPIC, partition, 0, limit=1_000)
    ]


def feed(*items: dict[str, Any]) -> str:
    """A JSON Feed."""
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": "The Test Courier", "items": items})


def item(name: str = "harbour", **fields: Any) -> dict[str, Any]:
    """The entry of the story at /NAME; ``fields`` take the place of the defaults."""
    return {"id": name, "url": f"/{name}", "title": f"News of the {name}"} | fields


def story(*paragraphs: str, title: str = "Harbour reopens", head: str = "") -> bytes:
    return page(title, list(paragraphs or (FIRST, SECOND)), head)
