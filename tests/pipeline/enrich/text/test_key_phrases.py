from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest

from newsline.outcomes import EntityType
from newsline.records import MAX_KEY_PHRASES
from pipeline.enrich.text import key_phrases
from tests.support.example_entities import named

TEXT = (
    "The prime minister spoke of interest rates. Two prime ministers had raised interest rates, "
    "and Lena Brandt of the central bank had not. Lena Brandt wants the central bank to cut "
    "interest rates. The weather was fine."
)


def test_phrases_that_come_back_are_found_the_most_frequent_first() -> None:
    found = key_phrases.extract_key_phrases(
        "A title", TEXT, "en", named(TEXT, ("Lena Brandt", EntityType.PERSON))
    )
    assert found == ("interest rates", "prime minister", "central bank")


def test_a_phrase_in_the_title_comes_before_one_that_is_as_frequent() -> None:
    found = key_phrases.extract_key_phrases("What the central bank does", TEXT, "en")
    assert found.index("central bank") < found.index("prime minister")


def test_other_languages_have_their_own_stop_words() -> None:
    text = "Die steigende Inflation schadet. Mit der steigenden Inflation kam auch die Sorge."
    assert key_phrases.extract_key_phrases("", text, "de") == ("steigende Inflation",)


def test_stop_words_are_had_without_loading_their_language() -> None:
    code = (
        "import sys; from pipeline.enrich.text import key_phrases; key_phrases.load_stop_words();"
        "assert key_phrases.extract_key_phrases('', 'La grande ville. La grande ville.', 'fr');"
        "assert not any(name.startswith('spacy.lang') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_of_two_phrases_that_are_as_frequent_the_earlier_comes_first() -> None:
    text = "Gold price and crude oil output rose. Gold price and crude oil output fell."
    assert key_phrases.extract_key_phrases("", text, "en")[:2] == ("Gold price", "crude oil output")


def test_a_language_without_a_list_and_an_undecided_one_have_none() -> None:
    assert key_phrases.extract_key_phrases("", TEXT, "und") == ()


def test_there_are_at_most_as_many_as_the_contract_allows() -> None:
    words = [f"{a}{b}" for a in "bcdfghklmn" for b in ("alpha", "omega", "delta")]
    text = ". ".join(f"{one} {two}" for one, two in pairwise(words)) + ". "
    assert len(key_phrases.extract_key_phrases("", text * 3, "en")) == MAX_KEY_PHRASES


def test_one_long_word_is_no_phrase_and_looked_at_once() -> None:
    assert key_phrases.extract_key_phrases("", "A" * 80_000, "en") == ()


def test_an_english_phrase_does_not_end_in_an_adverb() -> None:
    text = "Stop attacks immediately. They want attacks immediately ended; humanitarian corridors. "
    found = key_phrases.extract_key_phrases("Talks", text + "Open humanitarian corridors.", "en")
    assert found == ("humanitarian corridors",)


def test_latin_words_in_a_language_without_spaces_are_no_phrases() -> None:
    assert (
        key_phrases.extract_key_phrases("", "Kindle for PC を Kindle for PC で Kindle for PC", "ja")
        == ()
    )


@pytest.mark.parametrize(
    ("language", "phrase", "other"),
    [
        ("hi", "मानव अधिकार", "और नगर निगम की बैठक में"),
        ("bn", "মানব অধিকার", "এবং নগর ভবনে"),
        ("ta", "ஐக்கிய நாடுகள்", "மற்றும் நகர சபை"),
    ],
)
def test_phrases_of_a_script_with_vowel_signs_have_whole_words(
    language: str, phrase: str, other: str
) -> None:
    text = f"{phrase} {other}. {other} {phrase}. {phrase}!"
    assert phrase in key_phrases.extract_key_phrases("", text, language)
