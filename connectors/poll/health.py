"""Feed health as metrics, counted from the state every :data:`INTERVAL` seconds."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager, suppress

from connectors.fetch.network import Network
from connectors.poll import losses
from connectors.state import FeedState, State, StateError
from connectors.state.async_state import AsyncState
from newsline.outcomes import FetchOutcome, Health
from newsline.service import metrics

INTERVAL = 30.0


def health(feed: FeedState) -> Health:
    if feed.failures:
        gone = feed.last_outcome == FetchOutcome.GONE
        return Health.RETIRED if gone else Health.FAILING
    if feed.last_success is None:
        return Health.NEW
    return Health.PARTLY if feed.coverage.lost else Health.OK


def overdue(feeds: Iterable[FeedState], now: float, since: float) -> float:
    """Seconds that the longest overdue feed has waited, counted from ``since`` at the earliest."""
    return max((now - max(feed.next_poll, since) for feed in feeds), default=0.0)


@asynccontextmanager
async def health_metrics(state: AsyncState, network: Network | None = None) -> AsyncIterator[None]:
    """Update the metrics of the listed feeds while the block runs."""
    keeping = asyncio.create_task(_keep_updated(state, network))
    try:
        yield
    finally:
        keeping.cancel()


async def _keep_updated(state: AsyncState, network: Network | None) -> None:
    since = time.time()
    while True:
        if network and network.belief:
            since = time.time()  # feeds wait on purpose
        with suppress(StateError):  # the next poll meets it too, and reports it
            _update(await state.call(State.feeds), since)
        await asyncio.sleep(INTERVAL)


def _update(feeds: Collection[FeedState], since: float) -> None:
    counts = Counter(map(health, feeds))
    for each in Health:
        metrics.FEEDS.labels(each).set(counts[each])
    lost: Counter[str] = Counter()
    for feed in feeds:
        lost.update(feed.coverage.lost)
    for outcome in losses.LOSSES:
        metrics.ENTRIES_LOST.labels(outcome).set(lost[outcome])
    metrics.FEED_OVERDUE.set(max(0.0, overdue(feeds, time.time(), since)))
