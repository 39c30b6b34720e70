"""New revisions, and the history of revisions, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from connectors.publish.publisher import Publisher
from connectors.state import State
from connectors.text.traces import title_hash, traces
from newsline.broker import Broker
from newsline.records import Time
from tests.connectors.publish.test_publisher import (
    HERE,
    THERE,
    UNCHANGED,
    candidate,
    die_before_state,
)
from tests.support.connector_harness import published
from tests.support.example_records import NOON, article_id, raw_message

ONE = article_id(1)
LINES = [f"Paragraph {n} says that ferry {n} has run aground off Naxos." for n in range(6)]
TEXT = "\n".join(LINES)
VERSIONS = [
    ("first", {"text": TEXT}),
    ("title", {"text": TEXT, "title": "Harbour shuts"}),
    ("corrected", {"text": TEXT.replace("Paragraph 3", "Paragraph 33")}),
    ("extended", {"text": f"{TEXT}\nAnother has since been freed."}),
    ("shortened", {"text": "\n".join(LINES[:4])}),
    ("rewritten", {"text": "Nothing of that was true.\nIt was another ferry."}),
]


@pytest.fixture
def state(any_state: State) -> State:
    return any_state


@pytest.fixture
def publisher(broker: Broker, broker_address: str, state: State) -> Iterator[Publisher]:
    with closing(Publisher(broker, broker_address, state)) as publisher:
        yield publisher


def later(hours: int, feed: str = HERE, **fields):
    return candidate(feed=feed, fetched_at=NOON + timedelta(hours=hours), **fields)


@pytest.mark.parametrize(("reason", "fields"), VERSIONS[1:])
def test_a_revision_says_how_it_differs(publisher, broker, reason, fields):
    publisher.publish([candidate(text=TEXT)])
    publisher.publish([later(1, **fields)])
    first, second = published(broker)
    assert (first.revision_reason, second.revision_reason) == (None, reason)


def test_all_revisions_are_kept_with_their_hashes_times_reasons_and_feeds(publisher, state):
    for hour, (_, fields) in enumerate(VERSIONS):
        publisher.publish([later(hour, feed=THERE if hour % 2 else HERE, **fields)])
    history = state.revisions(ONE)
    assert [known.revision for known in history] == [1, 2, 3, 4, 5, 6]
    assert [known.reason for known in history] == [
        "first",
        "title",
        "corrected",
        "extended",
        "shortened",
        "rewritten",
    ]
    assert [known.fetched_at for known in history] == [NOON + timedelta(hours=n) for n in range(6)]
    assert [known.feed_url for known in history] == 3 * [HERE, THERE]
    for known, (_, fields) in zip(history, VERSIONS, strict=True):
        title = fields.get("title", "Harbour reopens")
        assert (known.title_hash, known.text_hash) == (
            title_hash(title),
            traces("", fields["text"]).text_hash,
        )
    assert {known.first_seen for known in history} == {NOON}
    assert state.article(ONE) == history[-1]
    assert state.revisions(article_id(2)) == []


def test_what_is_cosmetic_or_furniture_leaves_no_trace(publisher, state, broker):
    publisher.publish([candidate(text=TEXT)])
    for text in (TEXT.upper(), f"Updated 10:45\n{TEXT}", f"{TEXT}\nRead more: Five ferries"):
        assert publisher.publish([later(1, text=text)]) == [UNCHANGED]
    assert len(state.revisions(ONE)) == len(published(broker)) == 1


def test_the_revisions_that_a_connector_died_of_are_known_to_the_next(
    publisher, broker, broker_address, state, any_state_address
):
    publisher.publish([candidate(text=TEXT)])
    publisher.close()
    die_before_state(
        broker_address, any_state_address, [later(n, **VERSIONS[n][1]) for n in (1, 2)]
    )
    with closing(Publisher(broker, broker_address, state)):
        reasons = [known.reason for known in state.revisions(ONE)]
    assert reasons == ["first", "title", "corrected"][: len(published(broker))]
    assert len(reasons) > 1


def test_a_lost_state_has_the_same_history_again(
    publisher, broker, broker_address, state, tmp_path
):
    for hour, (_, fields) in enumerate(VERSIONS):
        publisher.publish([later(hour, **fields)])
    with (
        closing(State(str(tmp_path / "new.db"))) as new,
        closing(Publisher(broker, broker_address, new)),
    ):
        assert new.revisions(ONE) == state.revisions(ONE)


def test_a_replay_of_a_revision_changes_no_history(publisher, broker, broker_address, state):
    publisher.publish([candidate(text=TEXT), later(1, **VERSIONS[1][1])])
    before = state.revisions(ONE)
    broker.producer("operator").commit([raw_message(article) for article in published(broker)])
    with closing(Publisher(broker, broker_address, state)):
        assert state.revisions(ONE) == before


def test_an_article_that_nobody_dates_keeps_the_time_at_which_it_was_first_seen(publisher, broker):
    for hour, title in enumerate(("One", "Two")):
        at = NOON + timedelta(hours=hour)
        publisher.publish([later(hour, title=title, published=Time(at, "first_seen"))])
    assert [article.published.at for article in published(broker)] == [NOON, NOON]
