"""Revisits of articles' pages: real site, fetcher, children, state and broker."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing

import msgspec
import pytest

from connectors.article.build_record import build_record
from connectors.article.page import Page
from connectors.article.revisit_schedule import as_entry, first_revisit, next_due
from connectors.extract import PageContent
from connectors.feedlist.feed_list import Feed
from connectors.parse import Entry
from connectors.poll import runner as module
from connectors.poll.runner import Connector
from connectors.state import Revisit, State, revisits
from connectors.state.revisits import LATE, PUT_OFF
from newsline.broker import Broker
from newsline.outcomes import PageOutcome
from newsline.records import Time
from newsline.sandbox.pool import Sandbox
from newsline.service import metrics
from tests.connectors.poll.test_runner import until, within
from tests.support.connector_harness import (
    FIRST,
    SECOND,
    THIRD,
    ConnectorHarness,
    entry_counts,
    feed,
    item,
    open_harness,
    story,
)
from tests.support.example_records import NOON, article_id, raw_article
from tests.support.http_server import Server

HOUR = 3_600.0
AGES = (HOUR, 6 * HOUR, 24 * HOUR)
FAR = time.time() + 7 * 24 * HOUR


@pytest.fixture
async def harness(
    site: Server, broker: Broker, broker_address: str, any_state: State, sandbox: Sandbox
) -> AsyncIterator[ConnectorHarness]:
    async with open_harness(
        site,
        broker,
        broker_address,
        any_state,
        parsing=sandbox,
        extracting=sandbox,
        revisit=AGES,
    ) as harness:
        site.says("/feed", feed(item()))
        site.says("/harbour", story())
        assert await harness.poll() == {"published": 1}
        yield harness


def counts() -> Counter[str]:
    found = metrics.totals(metrics.REVISITS)["newsline_revisits"]
    return Counter({name: int(count) for name, count in found.items()})


async def revisit(harness: ConnectorHarness) -> dict[str, int]:
    """Make the planned revisits, due or not. Returns their outcomes. No entry is counted."""
    before, entries = counts(), entry_counts()
    for due in harness.state.claim_revisits(FAR, 100):
        await harness.revisits.make(due)
    assert entry_counts() == entries
    return dict(counts() - before)


async def test_a_silent_correction_is_the_next_revision(harness, site):
    assert await revisit(harness) == {"unchanged": 1}
    site.says("/harbour", story(FIRST.replace("four", "five"), SECOND))
    assert await revisit(harness) == {"update": 1}
    first, second = harness.articles()
    assert (second.revision, second.changed) == (2, ("text",))
    assert second.revision_reason == "corrected"
    assert second.feeds == first.feeds
    assert (second.first_seen, second.published) == (first.first_seen, first.published)
    assert second.fetched_at > first.fetched_at
    assert await revisit(harness) == {"unchanged": 1}


async def test_what_is_cosmetic_is_no_revision(harness, site):
    site.says("/harbour", story(FIRST.upper(), SECOND.replace(" ", "\u00a0")))
    assert await revisit(harness) == {"unchanged": 1}
    assert len(harness.articles()) == 1


async def test_a_page_that_says_it_is_as_it_was_is_not_read(harness, site):
    site.says("/harbour", story(), ETag='"1"')
    assert await revisit(harness) == {"unchanged": 1}
    site.says("/harbour", status=304)
    assert await revisit(harness) == {"not_modified": 1}
    assert site.requests[-1].headers["If-None-Match"] == '"1"'
    assert await revisit(harness) == {"not_modified": 1}
    assert site.requests[-1].headers["If-None-Match"] == '"1"'


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"status": 410}, "gone"),
        ({"status": 503}, "server_error"),
        ({"body": "<html><body><p>Nothing.</p></body></html>"}, "no_text"),
        (
            {"body": story(FIRST, THIRD, head='<link rel="canonical" href="/another">')},
            "another_article",
        ),
    ],
)
async def test_a_page_that_is_not_the_article_any_more_is_told_and_leaves_it(
    harness, site, answer, outcome
):
    site.says("/harbour", **answer)
    assert await revisit(harness) == {outcome: 1}
    assert len(harness.articles()) == 1
    site.says("/harbour", story(THIRD, SECOND))
    assert await revisit(harness) == {"update": 1}


async def test_an_article_that_is_the_feed_s_is_not_looked_at_again(harness, site):
    site.says("/feed", feed(item("mill", content_html=f"<p>{FIRST}</p><p>{SECOND}</p>")))
    assert await harness.poll() == {"published": 1}
    assert {due.url for due in harness.state.claim_revisits(FAR, 9)} == {f"{site.url}/harbour"}


async def test_a_revision_from_the_feed_leaves_the_plan_as_it_is(harness, site):
    site.says("/feed", feed(item(title="Harbour shuts")))
    site.says("/harbour", story(title="Harbour shuts"))
    first = harness.articles()[0].first_seen.timestamp()
    assert await harness.poll() == {"update": 1}
    assert harness.state.claim_revisits(first + HOUR - 0.1, 9) == []
    assert len(harness.state.claim_revisits(first + HOUR + 0.1, 9)) == 1


async def test_it_is_claimed_once_and_put_off_until_it_was_made(harness):
    (planned,) = harness.state.claim_revisits(FAR, 9)
    assert harness.state.claim_revisits(FAR + PUT_OFF - 1, 9) == []
    (again,) = harness.state.claim_revisits(FAR + PUT_OFF, 9)
    assert again.article_id == planned.article_id
    harness.state.revisited(again, FAR + 2 * HOUR)
    assert harness.state.claim_revisits(FAR + HOUR, 9) == []
    assert len(harness.state.claim_revisits(FAR + 2 * HOUR, 9)) == 1


async def test_before_its_time_nothing_is_due(harness):
    (article,) = harness.articles()
    seen = article.first_seen.timestamp()
    assert harness.state.claim_revisits(seen + HOUR - 1, 9) == []
    assert len(harness.state.claim_revisits(seen + HOUR, 9)) == 1


async def test_after_its_last_age_an_article_is_left_alone(harness):
    (planned,) = harness.state.claim_revisits(FAR, 9)
    harness.state.revisited(planned, None)
    assert harness.state.claim_revisits(FAR + 30 * 24 * HOUR, 9) == []


async def test_what_is_long_overdue_when_a_connector_starts_is_forgotten(harness):
    (planned,) = harness.state.claim_revisits(FAR, 9)
    harness.state.revisited(planned, time.time() - LATE + HOUR)
    harness.state.enlist([])
    (planned,) = harness.state.claim_revisits(time.time(), 9)
    harness.state.revisited(planned, time.time() - LATE - HOUR)
    harness.state.enlist([])
    assert harness.state.claim_revisits(FAR, 9) == []


async def test_two_connectors_share_what_is_due(harness, any_state_address):
    if not any_state_address.startswith("postgresql"):
        pytest.skip("a SQLite file has one connector")
    plan = [revisit_of(n) for n in range(40)]
    with closing(State(any_state_address)) as other:
        with other._engine.begin() as connection:
            revisits.plan(connection, plan)
        both = [other.claim_revisits(FAR, 15), harness.state.claim_revisits(FAR, 30)]
    claimed = [each.article_id for one in both for each in one]
    assert len(claimed) == len(set(claimed)) == 41


def revisit_of(number: int) -> Revisit:
    entry = msgspec.json.encode(as_entry(raw_article(number)))
    return Revisit(article_id(number), 1.0, 0.0, "https://a.example/", "https://f.example/", entry)


@pytest.mark.parametrize("once", [True, False])
async def test_the_connector_makes_what_is_due(harness, site, once, monkeypatch):
    monkeypatch.setattr(module, "REVISIT_LOOK_SECONDS", 0.01)
    (planned,) = harness.state.claim_revisits(FAR, 9)
    harness.state.enlist([Feed(f"{site.url}/feed")])
    harness.state.revisited(planned, time.time() - 1)
    site.says("/harbour", story(THIRD, SECOND))
    connector = Connector(harness.poller, harness.store, harness.outages, harness.revisits)
    stop = asyncio.Event()
    running = asyncio.create_task(connector.once(stop) if once else connector.run(stop))
    if not once:
        await until(lambda: len(harness.articles()) == 2)
        stop.set()
    await within(running)
    assert [article.revision for article in harness.articles()] == [1, 2]


def test_the_next_age_is_the_first_that_was_not_reached():
    assert next_due(0.0, AGES, 0.0) == HOUR
    assert next_due(0.0, AGES, HOUR) == 6 * HOUR
    assert next_due(0.0, AGES, 7 * HOUR) == 24 * HOUR
    assert next_due(0.0, AGES, 24 * HOUR) is None
    assert next_due(0.0, (), 0.0) is None


def test_without_ages_nothing_is_planned():
    assert first_revisit(raw_article(), ()) is None


def test_what_the_feed_said_is_in_the_new_revision_as_it_was_in_the_first():
    said = Entry(
        id="e",
        link="https://courier.example/bridge",
        title="Bridge closed (feed)",
        summary="In short",
        content_html="<p>Text</p>",
        authors=("Ana Díaz",),
        categories=("World",),
        published=NOON,
        updated=NOON,
        fingerprint="",
    )
    content = PageContent(text="One paragraph.\nAnother one.", title="Bridge closed")
    page = Page(PageOutcome.OK, "https://courier.example/bridge", NOON, content)
    first = build_record(said, "https://courier.example/feed", page, content)
    assert first.published == Time(NOON, "feed", "published")
    again = build_record(as_entry(first), "https://courier.example/feed", page, content)
    assert again == first


async def test_an_article_that_has_moved_is_revisited_where_it_is_now(harness, site):
    site.says("/feed", feed(item(url="/harbour-reopens")))
    site.says("/harbour-reopens", story())
    site.says("/harbour", status=301, Location="/harbour-reopens")
    assert await harness.poll() == {"update": 1}
    site.says("/harbour-reopens", story(FIRST, SECOND, THIRD))
    assert await revisit(harness) == {"update": 1}
    articles = harness.articles()
    assert [article.revision for article in articles] == [1, 2, 3]
    assert {article.article_id for article in articles} == {articles[0].article_id}
