from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrich.tags.combine import agreed, confidence, mix

HEALTH, WAR = "medtop:07000000", "medtop:16000000"
shares = st.floats(0, 1)


def test_shares_add_up_to_one_and_the_vocabulary_moves_them() -> None:
    alone = mix({HEALTH: -0.7, WAR: -0.7}, {})
    assert sum(alone.values()) == pytest.approx(1)
    assert alone[HEALTH] == alone[WAR]
    moved = mix({HEALTH: -0.7, WAR: -0.7}, {WAR: 10.0})
    assert sum(moved.values()) == pytest.approx(1)
    assert moved[WAR] > 0.8


@given(shares, shares)
def test_a_larger_share_is_never_less_sure(one: float, other: float) -> None:
    low, high = sorted((one, other))
    calibration = (0.9, -0.2)
    assert 0 <= confidence(low, calibration) <= confidence(high, calibration) <= 1


@given(shares, shares, shares, st.sampled_from([HEALTH, WAR]))
def test_what_both_agree_on_grows_with_either(
    one: float, other: float, same: float, code: str
) -> None:
    low, high = sorted((one, other))
    assert 0 <= agreed(code, low, same) <= agreed(code, high, same) <= 1
    assert 0 <= agreed(code, same, low) <= agreed(code, same, high) <= 1


def test_of_a_concept_without_labelled_texts_the_vocabularys_word_is_enough() -> None:
    assert agreed(WAR, 0.1, 0.8) == 0.8
    assert agreed(HEALTH, 0.1, 0.8) < 0.5
