"""The parts of a connector, opened and connected. The decisions of each part are in its own file.

Feeds, entries and pages are handled side by side in one event loop, parsing and extraction in
killable children, and publishing in one thread, batch by batch.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, suppress
from importlib import import_module
from typing import NamedTuple

from connectors.article.candidate import Candidate
from connectors.article.page_reader import PageReader
from connectors.feedlist.feed_list import Feed
from connectors.fetch import Fetcher
from connectors.poll.entry_handler import EntryHandler
from connectors.poll.feed_fetcher import FeedFetcher
from connectors.poll.health import health_metrics
from connectors.poll.network_watch import NetworkWatch
from connectors.poll.poller import Poller
from connectors.poll.revisits import Revisits
from connectors.poll.runner import Connector
from connectors.publish.publisher import Publisher
from connectors.state import State, StateError
from connectors.state.async_state import AsyncState
from connectors.state.batch_queue import BatchQueue
from connectors.state.retry import Outages
from connectors.websub.callback import CallbackAddress, serve_callback
from connectors.websub.subscriber import Subscriber
from newsline.broker import Broker
from newsline.outcomes import EntryOutcome
from newsline.sandbox.fair_share import FairShare
from newsline.sandbox.memory import child_limit
from newsline.sandbox.pool import Sandbox

CHILD_MEMORY = 2 * 1024**3
"""Most bytes of memory for a child that parses; less if the container has less."""

CHILD_LEAST = 512 * 1024**2
"""A page of 5 MiB takes 340 MB, of which 140 are there before it."""

CHILD_TASKS = 2_000
"""A child is replaced after this many tasks: trafilatura's caches grow."""

CHILD_IMPORTS = "connectors.poll.child_imports"

PublishQueue = BatchQueue[Candidate, EntryOutcome]


class Settings(NamedTuple):
    """Settings of a connector."""

    broker: str  # address
    state: str  # address
    allow: frozenset[str]  # hosts that may have private addresses, for feeds listed there
    contact: str  # in the User-Agent
    workers: int  # children for parsing and extraction
    logins: Mapping[str, str] = {}  # USER:PASSWORD by feed, from files
    websub: CallbackAddress | None = None  # None: no hub can reach us
    respect_opt_outs: bool = False  # do not publish reserved articles
    revisit: tuple[float, ...] = ()  # ages of articles, in seconds, at which pages are revisited


class Parts(NamedTuple):
    """The parts that share a state, a fetcher and a way to the publisher."""

    poller: Poller
    revisits: Revisits
    subscriber: Subscriber | None


def wire(
    state: AsyncState,
    queue: PublishQueue,
    fetcher: Fetcher,
    *,
    parsing: FairShare,
    extracting: FairShare,
    callback: str = "",
    revisit: Sequence[float] = (),
    respect_opt_outs: bool = False,
) -> Parts:
    """Connect the parts. ``callback``: public URL for hubs; empty: no subscriptions."""
    reader = PageReader(fetcher, extracting, respect_opt_outs=respect_opt_outs)
    subscriber = Subscriber(fetcher, state, callback) if callback else None
    entries = EntryHandler(reader, state, queue.put)
    poller = Poller(FeedFetcher(fetcher, parsing), entries, state, subscriber)
    return Parts(poller, Revisits(reader, state, queue, revisit), subscriber)


@asynccontextmanager
async def open_connector(
    feeds: Sequence[Feed], broker: Broker, settings: Settings
) -> AsyncIterator[Connector]:
    """A connector with all its parts. They are closed in reverse order at the end of the block."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_context
        state = enter(closing(State(settings.state)))
        enter(_registered(state, feeds))
        publisher = enter(closing(Publisher(broker, settings.broker, state, settings.revisit)))
        sandbox = enter(
            closing(
                Sandbox(
                    settings.workers,
                    initializer=import_module,
                    initargs=(CHILD_IMPORTS,),
                    memory_bytes=min(CHILD_MEMORY, child_limit(settings.workers, CHILD_LEAST)),
                    max_tasks=CHILD_TASKS,
                )
            )
        )
        outages = enter(closing(Outages()))
        async_state = AsyncState(state, outages)
        queue = publishing(publisher, outages)
        await stack.enter_async_context(async_state.working())
        await stack.enter_async_context(queue.working())
        stack.callback(outages.end)  # or the queues, emptied next, would wait for a backend
        children = FairShare(sandbox)
        fetcher = await stack.enter_async_context(
            Fetcher(
                contact=settings.contact,
                allow=settings.allow,
                feed_allow={feed.url: feed.allow for feed in feeds if feed.allow},
                logins=settings.logins,
                children=children,
            )
        )
        hubs = settings.websub
        parts = wire(
            async_state,
            queue,
            fetcher,
            parsing=children,
            extracting=children,
            callback=hubs.callback if hubs else "",
            revisit=settings.revisit,
            respect_opt_outs=settings.respect_opt_outs,
        )
        await stack.enter_async_context(health_metrics(async_state, fetcher.network))
        if hubs and parts.subscriber:
            stack.push_async_callback(parts.subscriber.close)
            listed = frozenset(feed.url for feed in feeds)
            answering = serve_callback(hubs.listen, async_state, parts.poller.push, listed)
            await stack.enter_async_context(answering)
        revisits = parts.revisits if settings.revisit else None
        watch = NetworkWatch(fetcher.network, async_state)
        yield Connector(parts.poller, async_state, outages, revisits, watch)


def publishing(publisher: Publisher, outages: Outages) -> PublishQueue:
    """The queue of candidates from many tasks to the publisher."""
    return BatchQueue(lambda batch: outages.retry(lambda: publisher.publish(batch)))


def collect_seldom() -> None:
    """Freeze start-up objects and raise the GC threshold: at the default of 700, collection was
    25 % of a 304 poll; at 5,000, 10 %."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@contextmanager
def _registered(state: State, feeds: Sequence[Feed]) -> Iterator[None]:
    """A connector of the state while the block runs. At its end the leases of its feeds end."""
    state.enlist(feeds)
    try:
        yield
    finally:
        with suppress(StateError):
            state.release()
