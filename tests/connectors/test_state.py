from datetime import UTC, datetime

import pytest

from connectors.state import (
    Acknowledged,
    FeedState,
    KnownArticle,
    Listing,
    SeenEntry,
    State,
    StateError,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ARTICLE = KnownArticle("a", 1, "title", "text", "page", NOW, NOW)
LISTING = Listing("a", "https://f.example/", "e1", "Title")


@pytest.fixture
def state(tmp_path):
    state = State(tmp_path / "deep" / "state.db")
    yield state
    state.close()


def test_a_feed_never_polled_is_due_at_once(state):
    assert state.feed("https://f.example/") == FeedState("https://f.example/")
    assert state.feed("https://f.example/").next_poll == 0


def test_a_poll_is_remembered_with_its_entries(state):
    feed = FeedState("https://f.example/", etag='W/"1"', next_poll=5.0, last_outcome="ok")
    entry = SeenEntry("e1", "fingerprint", 1, True)
    state.polled(feed, [entry])
    assert state.feed(feed.url) == feed
    assert state.entries(feed.url) == {"e1": entry}
    assert state.entries("https://other.example/") == {}


def test_an_acknowledged_article_is_known_by_id_and_by_link(state):
    state.acknowledge([Acknowledged(ARTICLE, ["https://l.example/"], [LISTING])], "broker", [1])
    assert state.article("a") == ARTICLE
    assert state.article_at("https://l.example/") == ARTICLE
    assert state.article_at("https://m.example/") is None
    assert state.listings("a") == [LISTING]


def test_a_later_revision_supersedes_and_an_earlier_one_does_not(state):
    second = ARTICLE._replace(revision=2, title_hash="other")
    state.acknowledge([Acknowledged(second, [], [])], "broker", [1])
    state.acknowledge([Acknowledged(ARTICLE, [], [])], "broker", [1])
    assert state.article("a") == second


def test_acknowledging_twice_changes_nothing(state):
    for _ in range(2):
        state.acknowledge([Acknowledged(ARTICLE, ["https://l.example/"], [LISTING])], "b", [1])
    assert state.article("a") == ARTICLE
    assert state.listings("a") == [LISTING]


def test_positions_are_kept_per_broker(state):
    state.acknowledge([], "one", [3, 4])
    state.acknowledge([], "two", [9])
    assert state.positions("one") == {0: 3, 1: 4}
    assert state.positions("two") == {0: 9}


def test_the_state_outlives_its_process(tmp_path):
    first = State(tmp_path / "state.db")
    first.acknowledge([Acknowledged(ARTICLE, [], [])], "broker", [1])
    first.close()
    again = State(tmp_path / "state.db")
    assert again.article("a") == ARTICLE
    again.close()


def test_a_file_that_is_no_state_is_said_in_one_line(tmp_path):
    path = tmp_path / "state.db"
    path.write_text("this is not a database, but it is long enough to be looked at" * 20)
    with pytest.raises(StateError, match=r"state\.db") as error:
        State(path)
    assert "\n" not in str(error.value)
