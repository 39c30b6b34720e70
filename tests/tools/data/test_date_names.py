from __future__ import annotations

from tools.data.date_names import _certain, _names


def test_names_of_a_language_are_its_own_in_each_form() -> None:
    months = _names("months")
    assert months["marraskuuta"] == months["marraskuu"] == {11: {"fi"}}
    assert months["novembre"][11] >= {"fr", "it", "ca"}  # without the preposition of Catalan
    assert months["בנובמבר"] == {11: {"he"}}


def test_a_name_of_two_months_has_the_languages_of_each() -> None:
    assert _certain({11: {"pl"}}) == 11
    assert _certain({11: {"pl", "cs"}, 10: {"hr"}}) == {10: ["hr"], 11: ["cs", "pl"]}
