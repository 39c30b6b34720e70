"""The end of a sentence is known in any script."""

from __future__ import annotations

import pytest

from newsline.sentence_ends import ends_sentence
from tests.support.declaration import PARAGRAPHS


@pytest.mark.parametrize("language", PARAGRAPHS)
def test_the_paragraphs_of_each_language_end_with_a_sentence(language: str):
    assert all(map(ends_sentence, PARAGRAPHS[language]))


@pytest.mark.parametrize(
    "text", ["It rains.", "It rains.”)", "雨です。」", "Is it raining?! ", "Well…"]
)
def test_a_mark_ends_a_sentence_also_before_closing_marks(text: str):
    assert ends_sentence(text)


@pytest.mark.parametrize("text", ["", "It rains", "雨です", "बारिश हुई", "Weather, 3.5", "မိုး၊"])
def test_a_text_without_a_mark_has_not_ended(text: str):
    assert not ends_sentence(text)
