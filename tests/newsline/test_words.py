"""A text has about as many words in any script as its translation into English."""

from __future__ import annotations

import pytest

from newsline.words import count_words, english_length, tokens
from tests.support.declaration import TEXTS

IN_ENGLISH = 157


def test_english_words_stand_between_white_space():
    assert count_words(TEXTS["en"]) == len(TEXTS["en"].split()) == IN_ENGLISH
    assert count_words("") == 0


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_translation_has_about_as_many_words_as_the_english_text(language: str):
    assert 0.75 * IN_ENGLISH < count_words(TEXTS[language]) < 1.3 * IN_ENGLISH


def test_spaces_and_punctuation_change_no_count_of_a_script_without_spaces():
    assert count_words("人人生而自由， 在尊严和权利上 一律平等 。") == count_words(
        "人人生而自由在尊严和权利上一律平等"
    )


def test_words_of_another_script_are_counted_beside_those_without_spaces():
    assert count_words("三月 Westhaven Harbour 三月") == 2 + count_words("三月三月")
    assert count_words("The mayor of 東京 spoke") == 5


def test_ethiopic_words_are_counted_whether_a_space_or_a_wordspace_is_between_them():
    assert count_words("ሰው፡ሁሉ፡በሕግ፡ፊት") == count_words("ሰው ሁሉ በሕግ ፊት") == 4


def test_tokens_are_words_in_small_letters_and_single_chinese_characters():
    assert tokens("Ferry No. 6") == ["ferry", "no", "6"]
    assert tokens("六号渡轮") == ["六", "号", "渡", "轮"]


@pytest.mark.parametrize("language", ["en", "zh", "ja", "ko", "th", "lo", "km", "my", "bo"])
def test_a_translation_is_about_as_long_as_the_english_text(language: str):
    assert 0.9 < english_length(TEXTS[language]) / len(TEXTS["en"]) < 1.3


def test_a_text_in_another_script_is_as_long_as_it_is():
    assert english_length(TEXTS["en"]) == len(TEXTS["en"])
    assert english_length("Ärger, Übermut") == 14
