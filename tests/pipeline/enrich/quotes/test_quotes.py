from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsline.outcomes import EntityType
from newsline.records import MAX_QUOTES
from pipeline.enrich.quotes import quotes
from tests.support.example_entities import named

NAMES = (
    ("Lena Brandt|Brandt", EntityType.PERSON),
    ("Paul Okoye|Okoye", EntityType.PERSON),
    ("IAEA", EntityType.ORGANISATION),
)


def found(text: str) -> list[tuple[str, str | None]]:
    return [
        (text[q.start : q.end], q.speaker) for q in quotes.find_quotes(text, named(text, *NAMES))
    ]


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
        "The party’s leader, Lena Brandt, said: “We will pay the whole bill,” and left.",
        "Okoye’s lawyer Lena Brandt said: “We will pay the whole bill,” and left.",
        "In a letter to the IAEA, Brandt said: “We will pay the whole bill,” and left.",
        "“We will pay the whole bill,” said Lena Brandt beside Paul Okoye on the steps.",
        "“We will pay the whole bill,” said Lena Brandt defending Paul Okoye.",
        "“We will pay the whole bill,” said Acting Minister Lena Brandt. Okoye wept.",
        "Lena Brandt arrived on Monday. “We will pay the whole bill,” she said.",
        "Their coach, Lena Brandt, doesn’t care. “We will pay the whole bill,” she said.",
        "It was late, said Lena Brandt, who had come. “We will pay the whole bill,” she said.",
        "Brandt arrived on Monday. She was tired. “We will pay the whole bill,” she said.",
        "Lena Brandt sat down, and she said: “We will pay the whole bill,” and left.",
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
        "The lawsuit against Brandt said: “We will pay the whole bill,” and more.",
        "The nurse treating Lena Brandt said: “We will pay the whole bill,” and more.",
        "The lawyer cross-examining Brandt said: “We will pay the whole bill,” and more.",
        "The court in Okoye versus Brandt said: “We will pay the whole bill,” and more.",
        "The nurse beside Mr. Okoye said: “We will pay the whole bill,” and more.",
        "The mother of the boy, Lena Brandt, said: “We will pay the whole bill,” and more.",
        "Asked by Brandt, the minister said: “We will pay the whole bill,” and more.",
        "“We will pay the whole bill,” said his widow beside Lena Brandt.",
        "“We will pay the whole bill,” said Brandt and Okoye.",
        "The mother of Paul Okoye wept. “We will pay the whole bill,” she said.",
        "Prosecutors accused Okoye, 40, of fraud. “We will pay the whole bill,” she said.",
        "Police said Okoye was away. “We will pay the whole bill,” she said.",
        "Okoye supporters marched. “We will pay the whole bill,” she said.",
        "The film starring Okoye opened. “We will pay the whole bill,” he said.",
        "Brandt left. It rained. “We will pay the whole bill,” she said.",
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


def test_a_pronoun_is_who_spoke_last_unless_another_sentence_came_between() -> None:
    first = "“We will pay,” said Brandt."
    assert found(f"{first}\n“We will pay it all,” she said.")[-1][1] == "Lena Brandt"
    assert found(f"{first} Her son wept. “We will pay it all,” he said.")[-1][1] is None


@pytest.mark.parametrize(
    "text",
    [
        '"a\n' * 26_000,
        "“Word here goes.\n" * 4_800,
        "“We go now.” " + "“The Big Man.” " * 5_300,
        '"a" ' * 20_000,
        "It is, said he. " * 4_000 + "“We will pay it all,” he said.",
        "“a b,” he said " * 5_000,
        "“X " + "A. " * 40 + "went.”",
    ],
    ids=lambda text: text[:12],
)
def test_a_text_that_is_all_marks_takes_no_longer_than_another(text: str) -> None:
    entities = named("Okoye " * 1_000, ("Okoye", EntityType.PERSON))
    started = time.process_time()
    quotes.find_quotes(text, entities)
    assert time.process_time() - started < 2


def test_there_are_at_most_as_many_as_the_contract_allows() -> None:
    assert len(found("“We will pay it all,” Brandt said.\n" * 100)) == MAX_QUOTES


@given(st.text(alphabet='ab. ,“”"«»\n', max_size=200))
def test_any_text_gives_quotes_that_lie_in_it_in_order(text: str) -> None:
    spans = [(q.start, q.end) for q in quotes.find_quotes(text, ())]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
