"""The learned cadence, alone and over simulated weeks of publishing."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.schedule.cadence import SPREAD_OUT, UNKNOWN, Cadence, learned
from connectors.schedule.next_poll import LONGEST, SHORTEST, spread

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
WEEKS = 6


def steady(per_day: float, polls: int, elapsed: float) -> Cadence:
    """The cadence after polls that each brought the same share."""
    pace = Cadence()
    for _ in range(polls):
        pace = learned(pace, elapsed, [None] * round(per_day * elapsed / DAY))
    return pace


def test_a_feed_that_publishes_24_a_day_is_polled_about_as_often():
    assert 50 * MINUTE < steady(24, 100, HOUR).interval < 65 * MINUTE


def test_a_burst_brings_the_next_poll_forward_at_once():
    calm = steady(4, 20, 6 * HOUR)
    assert calm.interval > 4 * HOUR
    assert learned(calm, 6 * HOUR, [None] * 12).interval < HOUR
    assert learned(calm, 6 * HOUR, [5 * MINUTE] * 12).interval < 15 * MINUTE


def test_a_quiet_night_does_not_put_a_busy_feed_off_for_long():
    busy = steady(96, 200, HOUR)
    for _ in range(8):
        busy = learned(busy, HOUR, [])
    assert busy.interval < 20 * MINUTE


def test_a_feed_that_falls_silent_is_polled_once_a_day_in_the_end():
    silent = steady(96, 200, HOUR)
    for _ in range(30):
        silent = learned(silent, DAY, [])
    assert silent.interval > DAY


def test_nothing_new_doubles_the_interval_of_a_feed_of_which_nothing_is_known():
    pace = Cadence()
    for expected in (UNKNOWN, 2 * UNKNOWN, 4 * UNKNOWN):
        assert pace.interval == pytest.approx(expected, rel=0.02)
        pace = learned(pace, pace.interval, [])


def test_a_first_body_tells_the_pace_by_its_entries_times():
    assert (
        50 * MINUTE
        < learned(Cadence(), None, [(n + 0.5) * HOUR for n in range(70)]).interval
        < 70 * MINUTE
    )
    assert learned(Cadence(), None, [(n + 0.5) * 30 * DAY for n in range(12)]).interval > DAY


@pytest.mark.parametrize(
    "ages", [[], [None] * 50, [3.0] * 50, [SPREAD_OUT - 1, 0.0], [-HOUR, None, 5.0]]
)
def test_a_first_body_whose_times_say_nothing_tells_nothing(ages):
    assert learned(Cadence(), None, ages) == Cadence()


def test_an_entry_older_than_the_last_poll_counts_as_one_that_came_since():
    assert learned(Cadence(), HOUR, [30 * DAY]) == learned(Cadence(), HOUR, [None])
    assert learned(Cadence(), HOUR, [-5.0]) == learned(Cadence(), HOUR, [None])


ages = st.lists(st.none() | st.floats(allow_nan=False), max_size=50)


@given(st.lists(st.tuples(st.none() | st.floats(0, 1e9), ages), min_size=1, max_size=20))
def test_whatever_comes_the_interval_is_a_number_above_0(polls):
    pace = Cadence()
    for elapsed, found in polls:
        pace = learned(pace, elapsed, found)
        assert 0 < pace.interval < float("inf")


# Simulated weeks, against the rule that was before: anything new halves the interval, nothing new
# lengthens it by half. Delay and polls can be had for each other, so what counts is their product:
# for polls at equal distances it does not depend on the distance.


def before(interval: float | None, _: float | None, new: Sequence[object]) -> tuple[float, float]:
    pace = (interval or UNKNOWN) * (0.5 if new else 1.5)
    bounded = min(max(pace, SHORTEST), LONGEST)
    return bounded, bounded


def now(pace: Cadence | None, elapsed: float | None, new: Sequence) -> tuple[Cadence, float]:
    after = learned(pace or Cadence(), elapsed, new)
    return after, after.interval


class Cost(NamedTuple):
    """Of an entry: seconds from its publication to the poll that finds it, and polls."""

    delay: float
    polls: float


def poisson(per_day: Callable[[float], float], most: float, rng: random.Random) -> list[float]:
    times, moment = [], 0.0
    while moment < WEEKS * 7 * DAY:
        moment += rng.expovariate(most / DAY)
        if rng.random() < per_day(moment) / most:
            times.append(moment)
    return times


def newsroom(per_day: float) -> Callable[[float], float]:
    """Nine tenths between 7 and 22 o'clock, and a fifth at the weekend."""

    def rate(moment: float) -> float:
        open_ = 7 <= moment % DAY / HOUR < 22
        workday = moment // DAY % 7 < 5
        return per_day * 24 * (0.9 / 15 if open_ else 0.1 / 9) * (1.0 if workday else 0.2)

    return rate


def published(pattern: str) -> list[float]:
    """When the feed's entries appear."""
    rng = random.Random(pattern)
    days = range(WEEKS * 7)
    match pattern.split():
        case ["even", number]:
            return poisson(lambda _: float(number), float(number), rng)
        case ["newsroom", number]:
            return poisson(newsroom(float(number)), 2 * float(number), rng)
        case ["breaking"]:  # 24 a day, and once a week 60 in an afternoon
            burst = [
                d * DAY + (14 + 3 * rng.random()) * HOUR for d in days[3::7] for _ in range(60)
            ]
            return sorted(poisson(newsroom(24), 48, rng) + burst)
        case ["digest"]:
            return [day * DAY + 6 * HOUR + n for day in days for n in range(10)]
        case _:  # a batch each hour
            return [hour * HOUR + n for hour in range(WEEKS * 7 * 24) for n in range(5)]


def cost(times: Sequence[float], rule: Callable[..., tuple[Any, float]], *, dated: bool) -> Cost:
    """Over the time after the first week; a body holds the 30 newest entries."""
    rng = random.Random(1)
    delays: list[float] = []
    polls, found, known, last, moment = 0, 0, None, None, 2 * DAY
    while moment < WEEKS * 7 * DAY:
        until = bisect_right(times, moment)
        new = times[max(found, until - 30) : until]
        if moment > 7 * DAY:
            polls += 1
            delays += [moment - time for time in times[found:until]]
        elapsed = None if last is None else moment - last
        known, wait = rule(known, elapsed, [moment - time if dated else None for time in new])
        found, last = until, moment
        moment += spread(min(max(wait, SHORTEST), LONGEST), rng.random())
    return Cost(sum(delays) / len(delays), polls / len(delays))


PATTERNS = ["even 2", "even 24", "even 100", "newsroom 10", "newsroom 60", "newsroom 300"]
PATTERNS += ["breaking", "hourly batch"]


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_pace_costs_less_than_halving_and_lengthening(pattern, dated):
    times = published(pattern)
    old, new = cost(times, before, dated=dated), cost(times, now, dated=dated)
    assert new.delay * new.polls < 0.95 * old.delay * old.polls
    assert new.polls < 1.5


@pytest.mark.parametrize("pattern", ["newsroom 60", "newsroom 300", "breaking"])
def test_what_a_newsroom_publishes_is_found_sooner_for_about_as_many_polls(pattern):
    times = published(pattern)
    old, new = cost(times, before, dated=True), cost(times, now, dated=True)
    assert new.delay < 0.85 * old.delay
    assert new.polls < 1.1 * old.polls


def test_a_daily_digest_is_found_sooner_though_it_is_looked_for_in_vain_for_a_while_after():
    times = published("digest")
    old, new = cost(times, before, dated=True), cost(times, now, dated=True)
    assert new.delay < 0.5 * old.delay
    assert new.polls * 10 < 16  # a day
