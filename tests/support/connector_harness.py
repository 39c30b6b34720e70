"""A connector without its loop, between a small site and a broker, and the site's content."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from typing import Any, NamedTuple

from connectors.feedlist.feed_list import Feed
from connectors.fetch import Fetcher
from connectors.parse import Entry
from connectors.poll.entry_handler import EntryHandler, EntryResult
from connectors.poll.poller import Poller
from connectors.poll.revisits import Revisits
from connectors.poll.wiring import publishing, wire
from connectors.publish.publisher import Publisher
from connectors.state import FeedState, SeenEntry, State
from connectors.state.async_state import AsyncState
from connectors.state.retry import Outages
from connectors.websub.subscriber import Subscriber
from newsline.broker import Broker
from newsline.records import RAW_TOPIC, RawArticle, decode_raw
from newsline.sandbox.fair_share import FairShare
from newsline.sandbox.pool import Sandbox
from newsline.service import metrics
from tests.support.http_server import Server
from tests.support.news_site import page

FIRST = "The harbour reopened to large ships on Monday after four months of repairs to its walls."
SECOND = (
    "The harbour master said that the first vessels to arrive had come from Norway with timber."
)
THIRD = (
    "Two more berths are to follow in the autumn, according to a plan that the council approved."
)


class ConnectorHarness(NamedTuple):
    """A connector's parts, to poll feed by feed; ``site`` serves the feeds."""

    site: Server
    broker: Broker
    state: State
    poller: Poller
    store: AsyncState
    outages: Outages
    subscriber: Subscriber | None = None
    revisits: Revisits | None = None

    async def poll(self, *paths: str) -> dict[str, int]:
        """Poll the site's feeds, or its only one, together. Returns the entries by outcome, as
        counted by the metrics: one outcome each."""
        before = entry_counts()
        await asyncio.gather(*(self.poller.poll(feed, 0.5) for feed in self.claim(*paths)))
        counted = entry_counts() - before
        assert counted.pop("seen", 0) == counted.total()
        return dict(counted)

    def claim(self, *paths: str) -> Sequence[FeedState]:
        """The site's feeds, or its only one, made due and claimed."""
        feeds = [Feed(self.site.url + path) for path in paths or ["/feed"]]
        self.state.enlist(feeds)
        self.state.make_due()
        return self.state.claim_due(time.time(), len(feeds))

    def feed(self, path: str = "/feed") -> FeedState:
        return self.state.feed(self.site.url + path)

    def articles(self) -> list[RawArticle]:
        return published(self.broker)


class Recording(EntryHandler):
    """Counts the outcomes of each feed's entries."""

    def __init__(self, *parts, **settings) -> None:
        super().__init__(*parts, **settings)
        self.outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)

    async def handle(self, feed: FeedState, entry: Entry, seen: SeenEntry | None) -> EntryResult:
        handled = await super().handle(feed, entry, seen)
        self.outcomes[feed.url][handled.outcome.value] += 1
        return handled


@asynccontextmanager
async def open_harness(
    site: Server,
    broker: Broker,
    address: str,
    state: State,
    *,
    parsing: Sandbox,
    extracting: Sandbox,
    allow: frozenset[str] = frozenset(),
    fetcher: Fetcher | None = None,
    callback: str = "",
    revisit: Sequence[float] = (),
) -> AsyncIterator[ConnectorHarness]:
    with (
        closing(Publisher(broker, address, state, revisit)) as publisher,
        closing(Outages()) as outages,
    ):
        store = AsyncState(state, outages)
        queue = publishing(publisher, outages)
        async with (
            store.working(),
            queue.working(),
            fetcher or Fetcher(allow=allow | {site.host}) as fetching,
        ):
            extractors = FairShare(extracting)
            parts = wire(
                store,
                queue,
                fetching,
                parsing=extractors if parsing is extracting else FairShare(parsing),
                extracting=extractors,
                callback=callback,
                revisit=revisit,
            )
            yield ConnectorHarness(
                site, broker, state, parts.poller, store, outages, parts.subscriber, parts.revisits
            )


def entry_counts() -> Counter[str]:
    """Entries by outcome so far, in all tests; ``seen``: all that were read from feeds."""
    totals = metrics.totals(metrics.ENTRIES, metrics.ENTRIES_SEEN)
    seen = totals["newsline_entries_seen"][""]
    counts = {name: int(count) for name, count in totals["newsline_entries"].items()}
    return Counter(counts | {"seen": int(seen)})


def published(broker: Broker) -> list[RawArticle]:
    """The articles on news.raw, partition by partition."""
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
