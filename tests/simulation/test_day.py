"""Three hours of a morning at forty sites: the account is exact, and would show if it were not."""

from __future__ import annotations

import asyncio
from collections import Counter

import msgspec
import pytest
from rich.console import Console

from simulation.day.account import table, wrong
from simulation.day.plan import Kind, plan
from simulation.day.run import Day, live

pytestmark = pytest.mark.slow

SEED = 5


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    morning = plan(SEED, sites=40, stories=300, first_hour=6, hours=3)
    return asyncio.run(live(morning, tmp_path_factory.mktemp("day"), SEED))


def test_a_morning_s_account_is_exact(day):
    Console(width=120).print(f"seed {SEED}", table(day))
    assert list(wrong(day)) == []


def test_the_morning_had_all_that_mornings_bring(day):
    kinds = {story.kind for story in day.plan.stories}
    assert kinds == set(Kind)
    assert set(day.world.troubles) == {"down", "error", "429", "503", "404", "410", "slow", "hangs"}
    assert {"ok", "not_modified", "same_body", "throttled", "timeout"} <= set(day.counted["polls"])
    assert {"published", "update", "duplicate", "unchanged"} <= set(day.counted["entries"])
    assert any(feed.moved for feed in day.plan.feeds)


def test_what_is_lost_doubled_or_made_up_would_show(day):
    first, *others = day.records
    twice = [first, first, *others]
    strange = [*others, first, msgspec.structs.replace(first, url="http://site-1.example/made-up")]
    for records in (others, twice, strange):
        assert len(list(wrong(day._replace(records=records)))) >= 2


def test_an_entry_that_is_counted_wrong_would_show(day):
    counted = {**day.counted, "entries": day.counted["entries"] + Counter(published=1)}
    assert list(wrong(day._replace(counted=counted)))
    feed, *others = day.feeds
    counts = feed.counts._replace(entries=feed.counts.entries + 1)
    miscounted = feed._replace(counts=counts)
    assert list(wrong(day._replace(feeds=[miscounted, *others])))
