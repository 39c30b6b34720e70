"""The condition of all feeds, as a monitor reads it from the state."""

from __future__ import annotations

from collections import Counter

import pytest

from connectors.feedlist.feed_list import Feed
from connectors.poll.health import health
from connectors.schedule.cadence import Cadence
from connectors.state import AfterPoll, Coverage, EntryCounts, FeedState, PollFailure

NOW = 1_800_000_000.0
DAY = 24 * 3600.0
A_DAY_OF_100 = Cadence(100 / DAY, 100.0, DAY - 900.0)


@pytest.fixture
def state(any_state):
    return any_state


def listed(state, **changes: FeedState) -> None:
    """Feeds, by the first label of their host, after a poll; without a state: not polled yet."""
    state.enlist([Feed(f"https://{name}.example/feed") for name in changes])
    claimed = {feed.url: feed for feed in state.claim_due(NOW, 100)}
    polls = []
    for name, after in changes.items():
        before = claimed[f"https://{name}.example/feed"]
        polls.append(AfterPoll(after._replace(url=before.url, id=before.id)))
    state.save_polls(polls)


def well(ago: float = 30.0, **fields) -> FeedState:
    answered = FeedState("", last_outcome="ok", last_success=NOW - ago, next_poll=NOW + 600)
    return answered._replace(cadence=A_DAY_OF_100, **fields)


def failing(outcome: str = "connect", ago: float = 30.0, **fields) -> FeedState:
    failure = PollFailure(NOW - ago, outcome, "refused")
    failed = FeedState("", failures=2, last_outcome=outcome, last_detail="refused")
    return failed._replace(last_failure=failure, next_poll=NOW + 300, **fields)


def test_a_state_without_feeds_has_an_empty_condition(state):
    found = state.condition(NOW)
    assert (found.listed, found.health, found.worst, found.outage) == (0, {}, [], None)
    assert (found.newest_success, found.newest_poll, found.overdue_seconds) == (None, None, 0.0)
    assert found.failing_share == 0.0


def test_feeds_are_counted_by_health_and_outcome_as_single_feeds_are(state):
    listed(
        state,
        ok=well(),
        lossy=well(coverage=Coverage(4, {"no_text": 4})),
        new=FeedState(""),
        dead=failing(),
        gone=failing("gone"),
    )
    found = state.condition(NOW)
    assert found.health == Counter(health(feed) for feed in state.feeds())
    assert found.outcomes == {"ok": 2, "never": 1, "connect": 1, "gone": 1}
    assert (found.listed, found.failing_share) == (5, 0.25)
    assert (found.lost, found.entries_listed) == ({"no_text": 4}, 4)


def test_feeds_that_left_the_list_do_not_count(state):
    listed(state, here=well(), gone=failing())
    state.enlist([Feed("https://here.example/feed")])
    found = state.condition(NOW)
    assert (found.listed, found.health, found.worst) == (1, {"ok": 1}, [])


def test_the_newest_times_tell_when_the_connector_last_worked(state):
    listed(state, well=well(400.0), dead=failing(ago=100.0))
    found = state.condition(NOW)
    assert (found.newest_success, found.newest_poll) == (NOW - 400, NOW - 100)
    assert (found.polled, found.failed_since_success) == (0, 1)


def test_times_ahead_of_a_clock_that_was_set_back_are_left_out(state):
    listed(state, ahead=well(-DAY), dead=failing(ago=-DAY))
    found = state.condition(NOW)
    assert (found.newest_success, found.newest_poll, found.polled) == (None, None, 0)
    assert found.answered[3600.0].feeds == 0


def test_an_overdue_feed_waits_unless_a_connector_polls_it(state):
    listed(state, late=well(next_poll=NOW - 500))
    assert state.condition(NOW).overdue_seconds == 500.0
    state.claim_due(NOW, 1)
    found = state.condition(NOW)
    assert (found.being_polled, found.overdue, found.overdue_seconds) == (1, 0, 0.0)


def test_articles_are_expected_by_the_pace_of_the_feeds_that_answer(state):
    listed(state, now=well(10.0), before=well(1_700.0), long_ago=failing(last_success=NOW - 9_000))
    found = state.condition(NOW)
    assert [found.answered[within].feeds for within in (600.0, 1800.0, 3600.0)] == [1, 2, 2]
    assert found.pace.long == pytest.approx(200 / DAY)
    assert found.answered[600.0].long == pytest.approx(100 / DAY)
    assert 0 < found.answered[600.0].recent < 100 / DAY


def test_after_a_day_of_silence_the_recent_pace_expects_nothing(state):
    listed(state, silent=well(30.0)._replace(cadence=Cadence(0.0, 100.0, DAY)))
    assert state.condition(NOW).pace.expected == 0.0


def test_published_articles_and_gaps_are_summed(state):
    counts, coverage = EntryCounts(10, 7, 2), Coverage(10, gaps=3, last_gap=NOW - 60)
    listed(state, one=well(counts=counts, coverage=coverage), two=well(counts=counts))
    found = state.condition(NOW)
    assert (found.published, found.updates) == (14, 4)
    assert (found.with_gaps, found.gaps, found.newest_gap) == (1, 3, NOW - 60)


def test_the_worst_feeds_are_those_that_brought_most(state):
    listed(state, small=failing(), large=failing(cadence=A_DAY_OF_100), gone=failing("gone"))
    worst = state.condition(NOW).worst
    assert [each.url for each in worst] == [
        "https://large.example/feed",
        "https://small.example/feed",
    ]
    assert (worst[0].outcome, worst[0].detail, worst[0].failures) == ("connect", "refused", 2)
    assert (worst[0].last_success, worst[0].next_poll) == (None, NOW + 300)


def test_hosts_that_throttle_us_are_named(state):
    listed(
        state,
        busy=failing("throttled"),
        asks=failing("server_error", why="server_error: the host asks to wait 5 min"),
        dead=failing(),
    )
    throttling = state.condition(NOW).throttling
    assert {each.host for each in throttling} == {"busy.example", "asks.example"}
    assert {(each.feeds, each.next_poll) for each in throttling} == {(1, NOW + 300)}
