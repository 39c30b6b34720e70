"""When an outage is our own, when it is over, and how feeds are spread after it."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from connectors.schedule.outage import RESUME_SECONDS, Others, is_ours, is_over, resume_times


@pytest.mark.parametrize(
    "others", [Others(0, 2), Others(0, 10), Others(1, 9)], ids=["two", "ten", "nine of ten"]
)
def test_it_is_ours_if_hosts_that_answered_before_give_no_answer(others):
    assert is_ours(others, local=False)


@pytest.mark.parametrize("others", [Others(1, 2), Others(2, 8), Others(10, 0)])
def test_it_is_the_hosts_fault_if_others_answer(others):
    assert not is_ours(others, local=False)
    assert not is_ours(others, local=True)


@pytest.mark.parametrize("others", [Others(0, 0), Others(0, 1)], ids=["one feed", "two feeds"])
def test_of_one_or_two_hosts_only_a_failure_on_this_machine_is_ours(others):
    assert not is_ours(others, local=False)
    assert is_ours(others, local=True)


def test_hosts_that_have_never_answered_count_for_less():
    assert not is_ours(Others(0, 6, known=False), local=False)
    assert is_ours(Others(0, 7, known=False), local=False)
    assert is_ours(Others(0, 0, known=False), local=True)


def test_it_is_over_when_half_of_the_hosts_answer_or_any_twice():
    assert is_over(3, 2, answered_before=False)
    assert is_over(2, 1, answered_before=False)
    assert not is_over(3, 1, answered_before=False)
    assert is_over(3, 1, answered_before=True)
    assert not is_over(3, 0, answered_before=True)
    assert not is_over(0, 0, answered_before=False)


def test_the_feeds_of_one_site_are_due_at_equal_distances():
    times = resume_times(["a.example"] * 1_000, 100.0, lambda: 0.5)
    steps = {round(later - at, 6) for at, later in itertools.pairwise(times)}
    assert steps == {RESUME_SECONDS / 1_000}
    assert min(times) >= 100.0
    assert max(times) < 100.0 + RESUME_SECONDS


def test_sites_are_spread_over_the_time():
    chances = iter(number / 600 for number in range(600))
    times = resume_times([f"{n}.example" for n in range(600)], 0.0, lambda: next(chances))
    by_minute = Counter(int(at // 60) for at in times)
    assert by_minute == dict.fromkeys(range(5), 120)


def test_a_few_feeds_are_due_within_seconds():
    assert max(resume_times(["a.example", "b.example"], 0.0, lambda: 0.99)) < 2.0
