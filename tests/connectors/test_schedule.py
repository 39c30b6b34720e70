from hypothesis import given
from hypothesis import strategies as st

from connectors.schedule import FIRST_BACK_OFF, LONGEST, SHORTEST, Poll, next_interval, spread

NEWS = Poll(succeeded=True, new_entries=3)
NO_NEWS = Poll(succeeded=True)
FAILED = Poll(succeeded=False)


def test_news_brings_the_next_poll_forward():
    assert next_interval(NEWS, 1_000, 0, None) == 500


def test_no_news_puts_the_next_poll_off():
    assert next_interval(NO_NEWS, 1_000, 0, None) == 1_500


def test_a_busy_feed_is_not_polled_more_often_than_the_shortest_interval():
    assert next_interval(NEWS, SHORTEST, 0, None) == SHORTEST


def test_failures_in_a_row_double_the_wait():
    waits = [next_interval(FAILED, 900, failures, None) for failures in (1, 2, 3)]
    assert waits == [FIRST_BACK_OFF, 2 * FIRST_BACK_OFF, 4 * FIRST_BACK_OFF]


def test_a_feed_is_not_polled_while_it_says_that_it_stays_as_it_is():
    assert next_interval(Poll(True, 3, fresh_for=3_600), 120, 0, None) == 3_600


def test_a_server_that_turns_a_poll_away_is_obeyed_whatever_the_operator_says():
    turned_away = Poll(False, 0, retry_after=7_200)
    assert next_interval(turned_away, 120, 1, None) == 7_200
    assert next_interval(turned_away, 120, 1, 2.0) == 7_200


def test_the_operators_own_interval_goes_before_the_feeds_wish():
    assert next_interval(Poll(True, 3, fresh_for=3_600), 120, 0, 2.0) == 2.0


def test_the_operators_own_interval_is_kept():
    assert next_interval(NEWS, 1_000, 0, 2.0) == 2.0


def test_failures_lengthen_even_the_operators_own_interval():
    assert next_interval(FAILED, 2.0, 3, 2.0) == 8.0


@given(
    st.builds(Poll, st.booleans(), st.integers(0, 500), st.floats(0, 1e9), st.floats(0, 1e9)),
    st.none() | st.floats(0.1, 1e6),
    st.integers(0, 10_000),
)
def test_the_wait_is_always_between_the_bounds(poll, previous, failures):
    assert SHORTEST <= next_interval(poll, previous, max(failures, 1), None) <= LONGEST


@given(st.floats(0, 1))
def test_the_spread_is_a_tenth_either_way(chance):
    assert 90 <= spread(100, chance) <= 110.0001
