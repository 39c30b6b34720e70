import re

from newsline.page.sparkline import minutes, sparkline


def test_a_minute_is_the_sum_of_its_counts_or_the_largest_of_its_levels():
    points = [1, 2, 3, 4, 5, 6] * 60
    assert minutes(points, 10, sum) == [21] * 60
    assert minutes(points, 10, max) == [6] * 60


def test_minutes_before_the_first_point_and_without_one_are_unknown():
    assert minutes([1] * 6, 10, sum) == [None] * 59 + [6]
    assert minutes([None] * 6 + [None, 2] * 3, 10, sum)[-2:] == [None, 6]


def test_an_unknown_minute_is_a_mark_on_the_ground_and_no_bar():
    svg = sparkline("articles", [None] * 58 + [0, 5])
    bars, _, gaps = re.findall(r'<path class="[a-z ]+" d="([^"]*)"', svg)[1:]
    assert bars.count("M") == 1
    assert gaps.count("M") == 58
    assert "articles 0 to 5 a minute, unknown in 58 of them" in svg


def test_nothing_known_is_said_to_be_unknown():
    assert "articles unknown" in sparkline("articles", [None] * 60)
