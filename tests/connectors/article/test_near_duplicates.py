"""Near-duplicates over all sites, found through the state, on SQLite and PostgreSQL."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from connectors.article.candidate import Candidate
from connectors.publish.publisher import Publisher
from connectors.state import State
from connectors.state.fingerprints import PRUNED_AT_ONCE, WEEK, WEEKS
from connectors.state.tables import bands, fingerprints
from connectors.text.minhash import FEWEST_WORDS, SIMILAR, fingerprint
from newsline.broker import Broker, Fenced
from newsline.records import RawArticle
from tests.connectors.publish.test_publisher import die_before_state
from tests.connectors.text.test_minhash import edited, text
from tests.support.connector_harness import published
from tests.support.example_records import article_id, raw_article

NOW = datetime.now().astimezone()
ONE, TWO, THREE = (article_id(n) for n in (1, 2, 3))


def found(number: int, words: str, at: datetime = NOW, **fields) -> Candidate:
    article = raw_article(number, text=words, fetched_at=at, first_seen=at, **fields)
    return Candidate(article, article.url, fingerprint(words))


def copy(words: str, share: float = 0.1) -> str:
    """The text as another site has it, with that share of its words replaced."""
    return edited(words, random.Random(1), share)


@pytest.fixture
def state(any_state: State) -> State:
    return any_state


@pytest.fixture
def publisher(broker: Broker, broker_address: str, state: State) -> Iterator[Publisher]:
    with closing(Publisher(broker, broker_address, state)) as publisher:
        yield publisher


@pytest.fixture
def articles(broker: Broker) -> Callable[[], dict[tuple[str, int], RawArticle]]:
    """All that is on news.raw, by article id and revision."""
    return lambda: {(a.article_id, a.revision): a for a in published(broker)}


def rows(state: State) -> tuple[int, int]:
    """The numbers of fingerprints and keys in the state."""
    with state._engine.connect() as connection:
        tables = (connection.execute(table.select()) for table in (fingerprints, bands))
        first, second = (len(list(table)) for table in tables)
        return first, second


def test_an_article_that_is_alone_is_a_cluster_of_its_own(publisher, articles):
    publisher.publish([found(1, text(1)), found(2, text(2))])
    publisher.publish([found(3, text(3))])
    assert {a.article_id: (a.cluster_id, a.nearest) for a in articles().values()} == {
        one: (one, None) for one in (ONE, TWO, THREE)
    }


def test_copies_on_other_sites_have_the_id_of_the_first_and_say_of_what_and_how_much(
    publisher, articles
):
    publisher.publish([found(1, text(1))])
    publisher.publish([found(2, copy(text(1)))])
    publisher.publish([found(3, copy(text(1)) + " And more of it.")])
    first, second, third = (articles()[n, 1] for n in (ONE, TWO, THREE))
    assert first.cluster_id == second.cluster_id == third.cluster_id == ONE
    assert first.nearest is None
    assert second.nearest.article_id == ONE
    assert SIMILAR <= second.nearest.similarity < 0.9
    assert third.nearest.article_id == TWO
    assert third.nearest.similarity > 0.9


def test_copies_that_come_in_one_batch_are_in_one_cluster(publisher, articles):
    batch = [found(1, text(1)), found(2, text(2)), found(3, copy(text(1)))]
    publisher.publish(batch)
    assert {a.article_id: a.cluster_id for a in articles().values()} == {
        ONE: ONE,
        TWO: TWO,
        THREE: ONE,
    }


def test_two_reports_of_one_event_are_two_clusters(publisher, articles):
    publisher.publish([found(1, text(1) + text(5, 150)), found(2, text(2) + text(5, 150))])
    assert {a.cluster_id for a in articles().values()} == {ONE, TWO}


def test_a_revision_stays_in_its_cluster_whatever_becomes_of_its_text(publisher, articles):
    publisher.publish([found(1, text(1)), found(2, copy(text(1)))])
    publisher.publish([found(2, text(7))])
    first, second = (articles()[TWO, revision] for revision in (1, 2))
    assert second.cluster_id == first.cluster_id == ONE
    assert second.nearest == first.nearest


def test_a_copy_of_a_later_or_an_earlier_revision_is_a_copy(publisher, articles):
    publisher.publish([found(1, text(1))])
    publisher.publish([found(1, text(2))])
    publisher.publish([found(2, copy(text(2))), found(3, text(1))])
    assert articles()[TWO, 1].cluster_id == ONE
    assert articles()[ONE, 2].cluster_id == ONE


def test_a_flash_is_placed_when_its_text_has_come(publisher, articles):
    publisher.publish([found(1, text(1)), found(2, text(1, FEWEST_WORDS - 1))])
    assert articles()[TWO, 1].cluster_id == TWO
    publisher.publish([found(2, copy(text(1)))])
    assert articles()[TWO, 2].cluster_id == ONE
    publisher.publish([found(2, text(9))])
    assert articles()[TWO, 3].cluster_id == ONE


def test_copies_of_copies_are_kept_once_a_week(publisher, state, articles):
    publisher.publish([found(1, text(1))])
    kept = rows(state)
    assert kept == (1, 24)
    publisher.publish([found(n, text(1)) for n in range(2, 40)])
    assert rows(state) == kept
    later = NOW + timedelta(seconds=WEEK)
    publisher.publish([found(50, text(1), later), found(51, text(1), later)])
    assert rows(state) == (2, 48)
    assert {a.cluster_id for a in articles().values()} == {ONE}


def test_after_some_weeks_nothing_is_kept_or_found(publisher, state, articles):
    publisher.publish([found(n, text(n)) for n in range(1, 101)])
    assert rows(state) == (100, 2_400)
    just = NOW + timedelta(seconds=WEEK * (WEEKS - 1))
    publisher.publish([found(201, text(1), just)])
    assert articles()[article_id(201), 1].cluster_id == ONE
    late = NOW + timedelta(seconds=WEEK * WEEKS)
    publisher.publish([found(202, text(2), late)])
    assert articles()[article_id(202), 1].cluster_id == article_id(202)
    assert rows(state)[1] == 24 + 24 + 2_400 - PRUNED_AT_ONCE - 1
    publisher.publish([found(203, text(300), late)])
    assert rows(state) == (3, 72)


def test_what_a_connector_died_of_is_found_by_the_next(
    broker, broker_address, state, any_state_address, articles
):
    die_before_state(broker_address, any_state_address, [found(1, text(1))])
    with closing(Publisher(broker, broker_address, state)) as publisher:
        publisher.publish([found(2, copy(text(1)))])
    assert articles()[TWO, 1].cluster_id == ONE


def test_a_lost_state_places_articles_as_the_one_before(
    publisher, broker, broker_address, state, tmp_path, articles
):
    publisher.publish([found(1, text(1)), found(2, copy(text(1))), found(3, "Brief.")])
    with (
        closing(State(str(tmp_path / "new.db"))) as new,
        closing(Publisher(broker, broker_address, new)) as following,
    ):
        for n in (ONE, TWO, THREE):
            assert new.article(n) == state.article(n)
        following.publish([found(4, copy(text(1), 0.05)), found(2, text(8))])
    assert articles()[article_id(4), 1].cluster_id == ONE
    assert articles()[TWO, 2].cluster_id == ONE


def test_a_batch_that_the_broker_refuses_keeps_no_fingerprint(
    publisher, broker, broker_address, state
):
    with closing(Publisher(broker, broker_address, state)), pytest.raises(Fenced):
        publisher.publish([found(1, text(1))])
    assert rows(state) == (0, 0)
