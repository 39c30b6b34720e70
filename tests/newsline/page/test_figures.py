import math

import pytest

from newsline.page import figures

NOON = 1_772_366_400.0  # 2026-03-01 12:00 UTC


@pytest.mark.parametrize(
    ("per_second", "words"),
    [(0.0, "0/min"), (3.0, "3.0/s"), (1_200.0, "1,200/s"), (0.35, "21/min"), (0.001, "3.6/h")],
)
def test_a_rate_has_the_unit_in_which_it_is_at_least_one(per_second, words):
    assert figures.rate(per_second) == words


def test_an_unknown_figure_is_never_0():
    unknown = [
        figures.number(None),
        figures.rate(None),
        figures.seconds(None),
        figures.size(None),
        figures.when(None, NOON),
        figures.relative(None, NOON),
        figures.share(None, 3),
        figures.share(3, None),
    ]
    assert set(unknown) == {figures.UNKNOWN}
    assert "0" not in figures.UNKNOWN


def test_a_time_has_its_zone_and_how_long_ago_it_was_and_its_date_on_another_day():
    assert "11:59:00 UTC</time> <small>(60 s ago)" in figures.when(NOON - 60, NOON)
    assert "12:30:00 UTC</time> <small>(in 30 min)" in figures.when(NOON + 1_800, NOON)
    assert "2026-02-26 12:00 UTC" in figures.when(NOON - 3 * 86_400, NOON)


@pytest.mark.parametrize("moment", [1e18, -1e18, 1e12, 253_402_300_800.0, math.inf, -math.inf])
def test_a_time_that_no_calendar_has_is_a_time_all_the_same(moment):
    assert "10 years" in figures.when(moment, NOON)


def test_sizes_and_durations_have_two_digits_at_most_below_ten():
    assert figures.size(41_200_000_000) == "41 GB"
    assert figures.size(4_120_000) == "4.1 MB"
    assert figures.size(12) == "0 kB"
    assert figures.seconds(0.35) == "0.3 s"
    assert figures.seconds(90) == "90 s"
    assert figures.seconds(7_200) == "2 h"
