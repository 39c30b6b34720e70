"""The end of a sentence is known in any script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsline.records import MAX_TEXT
from newsline.sentence_ends import cut_text, ends_sentence
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


def test_a_long_text_is_cut_after_a_sentence_and_marked():
    sentence = "The council met again on Tuesday. "
    text, cut = cut_text(sentence * 4_000, MAX_TEXT)
    assert cut
    assert len(text) <= MAX_TEXT
    assert text.endswith("Tuesday.")


def test_a_text_without_sentences_is_cut_at_the_limit():
    assert cut_text("x" * 200, 100) == ("x" * 100, True)
    assert cut_text("旧桥今天关闭。" * 40, 100) == ("旧桥今天关闭。" * 14, True)
    assert cut_text("पुल आज बंद है। " * 40, 100)[0].endswith("है।")


@given(st.text(alphabet="ab. \n", max_size=300), st.integers(10, 200))
def test_a_cut_text_is_the_beginning_of_the_text_within_the_limit(text, limit):
    kept, cut = cut_text(text, limit)
    assert text.startswith(kept)
    assert len(kept) <= limit
    assert cut == (len(text) > limit)
