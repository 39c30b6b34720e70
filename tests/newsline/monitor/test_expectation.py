import pytest

from newsline.monitor.expectation import probability, too_few


@pytest.mark.parametrize(
    ("actual", "expected"), [(0, 6.0), (1, 8.0), (20, 30.0), (40, 30.0), (0, 0.0)]
)
def test_a_count_that_chance_brings_once_in_a_thousand_looks_is_no_fault(actual, expected):
    assert not too_few(actual, expected)


@pytest.mark.parametrize(("actual", "expected"), [(0, 7.0), (1, 11.0), (10, 30.0), (900, 1_000.0)])
def test_a_rarer_one_is(actual, expected):
    assert too_few(actual, expected)


def test_the_probability_of_a_large_count_is_computed_too():
    assert probability(1_000, 1_000.0) == pytest.approx(0.508, abs=0.01)
    assert probability(0, 5_000.0) == 0.0
