from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.enrich import quotes
from pipeline.records import MAX_QUOTES, EntityType
from tests.pipeline.enrich.named import named

NAMES = (
    ("Lena Brandt|Brandt", EntityType.PERSON),
    ("Paul Okoye|Okoye", EntityType.PERSON),
    ("IAEA", EntityType.ORGANISATION),
)


def found(text: str) -> list[tuple[str, str | None]]:
    return [(text[q.start : q.end], q.speaker) for q in quotes.find(text, named(text, *NAMES))]


@pytest.mark.parametrize(
    "text",
    [
        "“We will pay the whole bill,” said Lena Brandt.",
        "“We will pay the whole bill,” Brandt said on Monday.",
        '"We will pay the whole bill," said Minister Lena Brandt, who had come late.',
        "Lena Brandt told reporters: “We will pay the whole bill,” and left.",
        "«We will pay the whole bill,» said Lena Brandt.",
        "According to Lena Brandt, “We will pay the whole bill,” for years.",
        "“We will pay the whole bill,” according to Lena Brandt.",
        "Lena Brandt, the minister, said: “We will pay the whole bill,” and left.",
        "Lena Brandt arrived on Monday. “We will pay the whole bill,” she said.",
    ],
)
def test_a_quote_has_the_speaker_whom_its_verb_names(text: str) -> None:
    assert found(text) == [("We will pay the whole bill,", "Lena Brandt")]


def test_an_organisation_can_speak() -> None:
    text = "“The plant has lost all power,” the IAEA said."
    assert found(text) == [("The plant has lost all power,", "IAEA")]


def test_a_quote_that_goes_on_after_its_verb_is_by_the_same_speaker() -> None:
    text = "“We will pay,” Brandt said. “We will pay all of it today.”"
    assert found(text)[-1] == ("We will pay all of it today.", "Lena Brandt")


@pytest.mark.parametrize(
    "text",
    [
        "“We will pay the whole bill,” said a lawyer for Lena Brandt.",
        "“We will pay the whole bill,” Brandt’s lawyer said.",
        "Brandt met Okoye. “We will pay the whole bill,” he said.",
        "“We will pay the whole bill,” an official said.",
    ],
)
def test_a_speaker_who_is_not_clear_is_not_named(text: str) -> None:
    assert found(text) == [("We will pay the whole bill,", None)]


@pytest.mark.parametrize(
    "text",
    [
        "Brandt called it a “very good” plan.",
        "The film “The Crown” won, Brandt said.",
        "Critics of the so-called “agreed upon corridors” met Okoye.",
        "Nothing here is said.",
        "A mark ” that closes nothing, and one “ that is never closed.",
    ],
)
def test_scare_quotes_titles_and_stray_marks_are_no_quotes(text: str) -> None:
    assert found(text) == []


def test_a_quote_goes_over_paragraphs_that_each_open_with_a_mark() -> None:
    text = "“We will pay today.\n“We will pay tomorrow as well,” said Lena Brandt."
    assert found(text) == [(text[1 : text.index("” said")], "Lena Brandt")]


def test_a_mark_that_was_forgotten_takes_no_other_paragraph_with_it() -> None:
    text = "“We will pay today, he thought.\nNobody paid.\n“We paid it all,” said Lena Brandt."
    assert found(text) == [("We paid it all,", "Lena Brandt")]


def test_there_are_at_most_as_many_as_the_contract_allows() -> None:
    assert len(found("“We will pay it all,” Brandt said.\n" * 100)) == MAX_QUOTES


@given(st.text(alphabet='ab. ,“”"«»\n', max_size=200))
def test_any_text_gives_quotes_that_lie_in_it_in_order(text: str) -> None:
    spans = [(q.start, q.end) for q in quotes.find(text, ())]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
