"""Several connectors on one PostgreSQL: leases, writer ids, the publish lock, and lost sessions."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime

import psycopg
import pytest

from connectors.feedlist.feed_list import Feed
from connectors.publish.publisher import PRODUCER, Publisher
from connectors.state import AfterPoll, FeedValidators, State, StateError, StateUnreachable, engine
from connectors.state.feeds import LEASE_SECONDS
from newsline.broker import Fenced, connect
from newsline.outcomes import EntryOutcome
from newsline.records import RAW_TOPIC
from tests.connectors.publish.test_publisher import candidate
from tests.support.command import until
from tests.support.connector_harness import published
from tests.support.example_records import raw_message

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
URLS = [f"https://f.example/{n}" for n in range(10)]
FEEDS = [Feed(url) for url in URLS]
BROKER = "embedded:there"
SECONDS = 30.0


@pytest.fixture
def address(postgres):
    return postgres.new_database()


@pytest.fixture
def open_state(address):
    """Opens the state for another connector."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(State(address)))


@pytest.fixture
def one(open_state):
    return open_state()


@pytest.fixture
def other(open_state):
    return open_state()


def cut(address: str, state: State) -> None:
    """End the connection of the state's session on the server's side, as a restart would."""
    pid = state._session.connection.connection.driver_connection.info.backend_pid
    with psycopg.connect(address, autocommit=True) as operator:
        operator.execute("SELECT pg_terminate_backend(%s, 30000)", (pid,))


def hold_the_lock(state: State, work=lambda lock: None) -> None:
    """Wait for the publish lock, and do the work while it is held."""
    with state.publish_lock(BROKER) as lock:
        work(lock)
        lock.check()


def test_no_feed_is_claimed_by_two(one, other):
    one.enlist(FEEDS)
    other.enlist(FEEDS)
    first, second = one.claim_due(NOW, 6), other.claim_due(NOW, 6)
    assert [len(first), len(second)] == [6, 4]
    assert sorted(feed.url for feed in [*first, *second]) == URLS


def test_two_who_claim_at_the_same_time_share_the_feeds(one, other):
    one.enlist(FEEDS)
    found: list[str] = []

    def claim(state: State) -> None:
        while feeds := state.claim_due(NOW, 1):
            found.extend(feed.url for feed in feeds)

    threads = [threading.Thread(target=claim, args=(state,)) for state in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert sorted(found) == URLS


def test_when_a_lease_is_over_another_takes_the_feed_and_the_first_may_not_move_it(one, other):
    one.enlist(FEEDS[:1])
    (feed,) = one.claim_due(NOW, 1)
    assert other.claim_due(NOW + LEASE_SECONDS - 1, 1) == []
    assert one.claim_due(NOW + LEASE_SECONDS, 1) == []
    (taken,) = other.claim_due(NOW + LEASE_SECONDS, 1)
    one.save_polls([AfterPoll(feed._replace(validators=FeedValidators("late"), next_poll=NOW + 1))])
    assert other.feed(URLS[0]).validators.etag is None
    other.save_polls(
        [AfterPoll(taken._replace(validators=FeedValidators("good"), next_poll=NOW + 1))]
    )
    assert other.feed(URLS[0]).validators.etag == "good"


def test_two_that_start_at_once_list_each_feed_once(one, other):
    listed = [Feed(f"https://f.example/{n}") for n in range(500)]
    with ThreadPoolExecutor(2) as threads:
        for starting in [threads.submit(state.enlist, listed) for state in (one, other)]:
            starting.result(SECONDS)
    assert len(one.claim_due(NOW, 1_000)) == 500


def test_enlisting_takes_nothing_from_another_connector(one, other):
    one.enlist(FEEDS)
    one.claim_due(NOW, 10)
    other.enlist(FEEDS)
    assert other.claim_due(NOW, 10) == []


def test_each_has_a_writer_id_and_the_next_session_takes_a_free_one(one, other, address):
    for state, number in [(one, 0), (other, 1)]:
        with state.publish_lock(BROKER) as lock:
            assert lock.session.writer_id == number
    one.close()

    def freed() -> bool:  # the server ends a closed session after the client
        with closing(State(address)) as state, state.publish_lock(BROKER) as lock:
            return lock.session.writer_id == 0

    until(freed, "that the number is free")


def test_the_publish_lock_is_waited_for(one, other):
    begun = threading.Event()
    with one.publish_lock(BROKER):
        waiting = threading.Thread(target=hold_the_lock, args=(other, lambda _: begun.set()))
        waiting.start()
        assert not begun.wait(0.3)
    assert begun.wait(SECONDS)
    waiting.join(SECONDS)


def test_a_lock_that_is_not_had_in_time_is_an_outage(one, other, monkeypatch, open_state):
    monkeypatch.setitem(engine.SESSION_SETTINGS, "lock_timeout", 100)
    impatient = open_state()
    with one.publish_lock(BROKER), pytest.raises(StateUnreachable, match="lock"):
        hold_the_lock(impatient)
    with impatient.publish_lock(BROKER) as lock:
        assert lock.unfinished is None


def test_connectors_that_reach_the_broker_at_different_addresses_wait_for_each_other(
    one, open_state, monkeypatch
):
    monkeypatch.setitem(engine.SESSION_SETTINGS, "lock_timeout", 100)
    impatient = open_state()
    with (
        one.publish_lock("kafka://kafka-1:9092"),
        pytest.raises(StateUnreachable, match="lock"),
        impatient.publish_lock("kafka://localhost:29092"),
    ):
        pass


def test_who_lost_the_lock_is_known_at_another_address_of_the_broker(one, other, address):
    with pytest.raises(StateUnreachable):
        hold_the_lock(one, lambda _: cut(address, one))
    with other.publish_lock("kafka://localhost:29092") as lock:
        assert lock.unfinished == 0


def test_the_next_holder_learns_the_writer_id_of_one_that_lost_the_lock(one, other, address):
    with pytest.raises(StateUnreachable):
        hold_the_lock(one, lambda _: cut(address, one))
    with other.publish_lock(BROKER) as lock:
        assert (lock.unfinished, lock.session.writer_id) == (0, 0)
    with one.publish_lock(BROKER) as lock:
        assert (lock.unfinished, lock.session.writer_id) == (None, 1)


def test_an_article_that_two_connectors_find_is_published_once(one, other, broker, broker_address):
    with (
        closing(Publisher(broker, broker_address, one)) as first,
        connect(broker_address) as its_own,
        closing(Publisher(its_own, broker_address, other)) as second,
    ):
        assert first.publish([candidate(1)]) == [EntryOutcome.PUBLISHED]
        assert second.publish([candidate(1), candidate(2)]) == [
            EntryOutcome.UNCHANGED,
            EntryOutcome.PUBLISHED,
        ]
        assert first.publish([candidate(2, title="Mill shuts")]) == [EntryOutcome.UPDATE]
    assert len(published(broker)) == 3


def test_a_publisher_that_lost_the_lock_is_fenced_and_decides_again(
    one, other, broker, broker_address, address
):
    """It hangs after its decision; meanwhile another publishes the same article."""
    with (
        closing(Publisher(broker, broker_address, one)) as zombie,
        connect(broker_address) as its_own,
    ):
        commit = zombie._producer.commit

        def commit_late(messages):
            cut(address, one)
            with closing(Publisher(its_own, broker_address, other)) as second:
                assert second.publish([candidate()]) == [EntryOutcome.PUBLISHED]
            commit(messages)

        zombie._producer.commit = commit_late
        with pytest.raises(StateUnreachable):
            zombie.publish([candidate()])
        assert zombie.publish([candidate()]) == [EntryOutcome.UNCHANGED]
    assert len(published(broker)) == 1


def test_records_written_before_the_lock_was_lost_are_known_to_the_next(
    one, other, broker, broker_address, address
):
    with closing(Publisher(broker, broker_address, one)) as lost:
        commit = lost._producer.commit

        def commit_and_be_cut(messages):
            commit(messages)
            cut(address, one)

        lost._producer.commit = commit_and_be_cut
        with pytest.raises(StateUnreachable):
            lost.publish([candidate()])
        with closing(Publisher(broker, broker_address, other)) as second:
            assert second.publish([candidate()]) == [EntryOutcome.UNCHANGED]
        assert lost.publish([candidate()]) == [EntryOutcome.UNCHANGED]
    assert len(published(broker)) == 1


def test_a_producer_fenced_by_a_stranger_is_an_error_and_not_fought_over(
    one, broker, broker_address
):
    with closing(Publisher(broker, broker_address, one)) as publisher:
        broker.producer(f"{PRODUCER}.0").commit([raw_message(candidate(9).article)])
        with pytest.raises(Fenced):
            publisher.publish([candidate()])
    assert sum(broker.end_offsets(RAW_TOPIC)) == 1


@pytest.mark.parametrize(
    ("user", "database", "says"),
    [
        ("stranger", "postgres", "password"),
        ("nobody-there", "postgres", "nobody-there"),
        ("newsline", "no-such-database", "no-such-database"),
    ],
)
def test_what_an_operator_must_mend_is_no_outage_and_one_line(postgres, user, database, says):
    with pytest.raises(StateError, match=says) as error:
        State(postgres.address(database, user).replace("@", ":secret@"))
    assert not isinstance(error.value, StateUnreachable)
    assert "\n" not in str(error.value)
    assert "secret" not in str(error.value)


def test_a_server_that_is_away_is_an_outage(mortal_postgres):
    address = mortal_postgres.new_database()
    with closing(State(address)) as state:
        state.enlist(FEEDS)
        mortal_postgres.stop()
        with pytest.raises(StateUnreachable):
            state.claim_due(NOW, 1)
        with pytest.raises(StateUnreachable) as error:
            State(address)
        assert "\n" not in str(error.value)
        mortal_postgres.start()
        assert len(state.claim_due(NOW, 1)) == 1


def test_an_address_that_is_none_is_said_in_one_line():
    with pytest.raises(StateError, match="postgresql://USER@HOST"):
        State("postgresql://[::1/x")
