"""The delay before a host's next request, from its answers so far."""

import pytest

from connectors.fetch import throttle
from connectors.fetch.throttle import Politeness, Throttle

POLITENESS = Politeness()
DAY = 86_400.0


def after(*answers: float) -> Throttle:
    """The throttle after successful answers that took these seconds."""
    host = Throttle()
    for seconds in answers:
        host = throttle.answered(host, seconds, ok=True)
    return host


def test_a_host_that_was_never_asked_may_be_asked_at_once():
    assert throttle.wait(Throttle(), POLITENESS, now=0.0) == 0.0


def test_starts_are_a_gap_apart():
    host = throttle.started(Throttle(), 100.0)
    assert throttle.wait(host, POLITENESS, now=100.1) == pytest.approx(POLITENESS.gap - 0.1)
    assert throttle.wait(host, POLITENESS, now=100.0 + POLITENESS.gap) == 0.0


def test_a_host_that_answers_slower_is_asked_slower_and_again_faster_when_it_recovers():
    slow = after(0.1, 4.0, 4.0)
    assert throttle.gap(after(0.1), POLITENESS) == POLITENESS.gap < throttle.gap(slow, POLITENESS)
    recovered = after(0.1, 4.0, 4.0, *[0.1] * 6)
    assert throttle.gap(recovered, POLITENESS) == POLITENESS.gap


def test_the_gap_is_never_longer_than_half_a_minute_for_slowness_alone():
    assert throttle.gap(after(*[300.0] * 9), POLITENESS) == POLITENESS.max_gap == 30.0


def test_quick_failures_make_nobody_faster():
    slow = after(8.0)
    assert throttle.answered(slow, 0.01, ok=False) == slow
    assert throttle.gap(throttle.answered(Throttle(), 8.0, ok=False), POLITENESS) == 4.0


def test_a_crawl_delay_is_the_least_gap_up_to_a_minute():
    assert throttle.gap(Throttle(), POLITENESS, crawl_delay=10.0) == 10.0
    assert throttle.gap(Throttle(), POLITENESS, crawl_delay=1e9) == 60.0
    assert throttle.gap(Throttle(), POLITENESS, crawl_delay=-5.0) == POLITENESS.gap


def test_a_refusal_pauses_for_as_long_as_it_says_a_day_at_most():
    assert throttle.refused(Throttle(), POLITENESS, 100.0, 7.0).paused_until == 107.0
    assert throttle.refused(Throttle(), POLITENESS, 100.0, 1e9).paused_until == 100.0 + DAY


def test_refusals_that_say_nothing_pause_twice_as_long_each_time():
    host, now, pauses = Throttle(), 0.0, []
    for _ in range(30):
        host = throttle.refused(host, POLITENESS, now, None)
        pauses.append(host.paused_until - now)
        now = host.paused_until
    assert pauses[:4] == [30.0, 60.0, 120.0, 240.0]
    assert pauses[-1] == DAY
    assert throttle.refused(Throttle(), POLITENESS, 0.0, 0.0).paused_until == 30.0


def test_requests_refused_together_are_one_refusal():
    once = throttle.refused(Throttle(), POLITENESS, 0.0, None)
    assert throttle.refused(once, POLITENESS, 1.0, None).refusals == 1
    assert throttle.refused(once, POLITENESS, 1.0, 5.0).paused_until == 30.0


def test_a_good_answer_ends_the_row_of_refusals():
    host = throttle.refused(
        throttle.refused(Throttle(), POLITENESS, 0.0, None), POLITENESS, 30.0, None
    )
    host = throttle.answered(host, 0.1, ok=True)
    assert throttle.refused(host, POLITENESS, 200.0, None).paused_until == 230.0


def test_a_host_of_one_s_own_is_neither_spared_nor_paused():
    host = throttle.started(after(9.0), 100.0)
    assert throttle.refused(host, throttle.OWN_HOSTS, 100.0, 60.0) == host
    assert throttle.wait(host, throttle.OWN_HOSTS, now=100.0) == 0.0
