from hypothesis import given
from hypothesis import strategies as st

from connectors.schedule.next_poll import (
    FIRST_BACK_OFF,
    LONGEST,
    RETIRED,
    SAFETY_NET,
    SHORTEST,
    RequestedInterval,
    after_failure,
    after_success,
    spread,
    when_retired,
)

HOUR = 3_600.0
ASKS = [RequestedInterval(60.0, "ttl"), RequestedInterval(HOUR, "Cache-Control")]


def after(interval=1_000.0, wishes=(), fixed=None, renewal=None):
    return after_success(interval, "2 new entries", wishes, fixed, renewal)


def test_a_feed_is_polled_at_its_pace():
    assert after() == (1_000.0, "2 new entries")


def test_a_busy_feed_is_not_polled_more_often_than_the_shortest_interval():
    assert after(3.0).wait == SHORTEST


def test_a_feed_that_sleeps_is_polled_once_a_day():
    assert after(1e9).wait == LONGEST


def test_a_feed_is_not_polled_while_it_says_that_it_stays_as_it_is():
    assert after(wishes=ASKS) == (HOUR, "the feed asks for 60 min (Cache-Control)")


def test_a_wish_that_is_shorter_than_the_pace_changes_nothing():
    assert after(2 * HOUR, wishes=ASKS) == (2 * HOUR, "2 new entries")


def test_a_wish_is_granted_for_a_day_at_the_most():
    assert after(wishes=[RequestedInterval(1e9, "ttl")]) == (
        LONGEST,
        "the feed asks for 24 h (ttl)",
    )


def test_the_operators_own_interval_goes_before_the_feeds_wish():
    assert after(wishes=ASKS, fixed=2.0) == (2.0, "the feed list says 2 s")


def test_an_interval_of_the_operators_is_a_day_at_the_most():
    assert after(fixed=float("inf")) == (LONGEST, "the feed list says 24 h")


def test_a_feed_whose_hub_pushes_is_still_looked_at_every_hour_or_more_rarely():
    assert after(renewal=1e6).wait == SAFETY_NET
    assert after(3 * HOUR, renewal=1e6).wait == 3 * HOUR
    assert after(1e9, renewal=1e6).wait == LONGEST


def test_a_hub_is_asked_to_go_on_in_time_but_not_more_often_than_the_feed_would_be_polled():
    assert after(3 * HOUR, renewal=2 * HOUR).wait == 3 * HOUR
    assert after(300.0, renewal=1_800.0).wait == 1_800.0
    assert after(300.0, renewal=-5.0).wait == 300.0


def test_failures_in_a_row_double_the_wait_up_to_a_day():
    waits = [after_failure("timeout", failures, 0.0, None).wait for failures in (1, 2, 3, 99)]
    assert waits == [FIRST_BACK_OFF, 2 * FIRST_BACK_OFF, 4 * FIRST_BACK_OFF, LONGEST]


def test_failures_are_counted_in_words():
    said = [after_failure("timeout", failures, 0.0, None).why for failures in (1, 2, 3, 4, 11, 23)]
    assert [why.split(" failure")[0] for why in said] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "23rd",
    ]
    assert said[2] == "3rd failure in a row: timeout"


def test_a_server_that_turns_a_poll_away_is_obeyed_whatever_the_operator_says():
    for fixed in (None, 2.0):
        turned_away = after_failure("throttled", 1, 7_200.0, fixed)
        assert turned_away == (7_200.0, "throttled: the host asks to wait 2 h")


def test_a_server_that_asks_for_a_week_is_asked_again_after_a_day():
    assert after_failure("throttled", 1, 7 * LONGEST, None).wait == LONGEST


def test_failures_lengthen_even_the_operators_own_interval():
    assert after_failure("timeout", 3, 0.0, 2.0).wait == 8.0


def test_a_feed_that_is_gone_is_looked_at_from_time_to_time():
    assert when_retired() == (RETIRED, "gone (410): retired, polled every 7 d")


@given(
    st.floats(1e-9, 1e12),
    st.lists(st.builds(RequestedInterval, st.floats(0, 1e12), st.just("ttl"))),
    st.none() | st.floats(-1e9, 1e9),
)
def test_the_wait_after_a_success_is_always_between_the_bounds(interval, wishes, renewal):
    assert SHORTEST <= after(interval, wishes, renewal=renewal).wait <= LONGEST


@given(st.integers(1, 10_000), st.floats(0, 1e12))
def test_the_wait_after_a_failure_is_always_between_the_bounds(failures, retry_after):
    assert FIRST_BACK_OFF <= after_failure("dns", failures, retry_after, None).wait <= LONGEST


@given(st.floats(0, 1))
def test_the_spread_adds_up_to_a_tenth_and_takes_nothing_off(chance):
    assert 100 <= spread(100, chance) <= 110.0001
