import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import closing

import pytest

from connectors.poll import health as module
from connectors.poll.health import health, health_metrics, overdue
from connectors.state import FeedState
from connectors.state.async_state import AsyncState
from connectors.state.retry import Outages
from newsline.outcomes import Health
from newsline.service import metrics
from tests.support.feed_states import put

URL = "https://f.example/feed"
OK = FeedState(URL, last_success=1.0, last_outcome="ok")


@pytest.mark.parametrize(
    ("feed", "expected"),
    [
        (OK, Health.OK),
        (FeedState(URL), Health.NEW),
        (OK._replace(failures=1, last_outcome="timeout"), Health.FAILING),
        (OK._replace(failures=1, last_outcome="gone"), Health.RETIRED),
        (OK._replace(failures=0, last_outcome="gone"), Health.OK),  # resumed by hand
    ],
)
def test_a_feed_is_as_its_last_poll_has_left_it(feed, expected):
    assert health(feed) == expected


def test_the_longest_overdue_feed_counts_from_when_it_could_first_be_polled():
    feeds = [OK._replace(next_poll=at) for at in (0.0, 900.0, 2_000.0)]
    assert overdue(feeds, 1_000.0, since=950.0) == 50.0
    assert overdue(feeds[1:], 1_000.0, since=0.0) == 100.0
    assert overdue(feeds[2:], 1_000.0, since=0.0) < 0
    assert overdue([], 1_000.0, since=0.0) == 0.0


@pytest.fixture
async def store(state) -> AsyncIterator[AsyncState]:
    with closing(Outages()) as outages:
        yield AsyncState(state, outages)


async def test_the_listed_feeds_are_counted_and_no_others(state, store, monkeypatch):
    monkeypatch.setattr(module, "INTERVAL", 0.01)
    late = OK._replace(next_poll=time.time() - 60, failures=2, last_outcome="timeout")
    new = FeedState("https://new.example/", next_poll=time.time())
    put(state, OK._replace(url="https://unlisted.example/"))
    put(state, late, new)

    async with health_metrics(store):
        await until(ok=0.0, new=1.0, failing=1.0, retired=0.0)
        put(state, OK._replace(next_poll=time.time() + 60), new)
        await until(ok=1.0, failing=0.0)
        put(state, late._replace(last_outcome="gone"), new)
        await until(retired=1.0)
    assert metrics.totals(metrics.FEED_OVERDUE)["newsline_feed_overdue_seconds"][""] < 60


async def test_a_state_that_fails_for_a_while_is_asked_again(state, store, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "INTERVAL", 0.01)
    put(state, OK)
    with closing(sqlite3.connect(tmp_path / "state.db", timeout=30.0)) as other:
        other.execute("ALTER TABLE feeds RENAME TO elsewhere")
        async with health_metrics(store):
            metrics.FEEDS.labels(Health.OK).set(7)
            await asyncio.sleep(0.1)
            assert counts()["ok"] == 7
            other.execute("ALTER TABLE elsewhere RENAME TO feeds")
            await until(ok=1.0)


def counts() -> Mapping[str, float]:
    return metrics.totals(metrics.FEEDS)["newsline_feeds"]


async def until(**expected: float) -> None:
    async with asyncio.timeout(30):
        while not expected.items() <= counts().items():  # noqa: ASYNC110 - a gauge tells nobody
            await asyncio.sleep(0.01)
