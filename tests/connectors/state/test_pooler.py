"""PostgreSQL behind a pooler: a state needs sessions, and a pooler must give it some."""

from contextlib import closing

import pytest

from connectors.publish.publisher import Publisher
from connectors.state import State, StateError, session_check
from newsline.broker import connect
from newsline.outcomes import EntryOutcome
from newsline.topics import contents
from tests.connectors.publish.test_publisher import candidate
from tests.support.connector_harness import published
from tests.support.pgbouncer import PgBouncer

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize(
    "pool",
    [
        {"default_pool_size": 1},
        {"min_pool_size": 5, "server_round_robin": 1},
        {"server_reset_query_always": 1},
    ],
    ids=["one-session", "in-turn", "reset-each-time"],
)
def test_a_pooler_in_transaction_mode_is_refused(postgres, pool, monkeypatch):
    monkeypatch.setattr(session_check, "RELEASE_SECONDS", 0.5)
    with (
        PgBouncer(postgres.new_database(), pool_mode="transaction", **pool) as pooler,
        pytest.raises(StateError) as refused,
    ):
        State(pooler.address)
    assert str(refused.value) == (
        f"{pooler.address} is a connection pooler in transaction mode, and newsline needs sessions:"
        " set the pooler to session mode, or give PostgreSQL's own address"
    )


def test_through_a_pooler_in_session_mode_each_article_is_published_once(postgres, tmp_path):
    address = f"embedded:{tmp_path / 'broker.db'}"
    with (
        PgBouncer(postgres.new_database(), pool_mode="session") as pooler,
        connect(address) as broker,
        closing(State(pooler.address)) as one,
        closing(State(pooler.address)) as other,
    ):
        contents.ensure(broker)
        article = candidate()
        outcomes = [
            Publisher(broker, address, state).publish([article])[0] for state in (one, other)
        ]
        assert outcomes == [EntryOutcome.PUBLISHED, EntryOutcome.UNCHANGED]
        assert len(published(broker)) == 1
