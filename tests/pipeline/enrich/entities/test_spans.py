from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsline.outcomes import EntityType
from pipeline.enrich.entities.spans import Span, clean, is_junk, titled_persons, trim
from tests.support.example_articles import spans, surfaces

PERSON, ORG, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE


@pytest.mark.parametrize(
    ("marked", "kind", "name"),
    [
        ("the European Parliament", ORG, "European Parliament"),
        ("The Associated Press", ORG, "Associated Press"),
        ("The Hague", PLACE, "The Hague"),
        ("Ukraine's", PLACE, "Ukraine"),
        ("Ukraine’s", PLACE, "Ukraine"),
        ("“Casablanca”", EntityType.WORK, "Casablanca"),
        ("Reuters.", ORG, "Reuters"),
        ("U.S.", PLACE, "U.S."),
        ("Acme Inc.", ORG, "Acme Inc."),
        ("President Ana Marić", PERSON, "Ana Marić"),
        ("Mr. Okafor", PERSON, "Okafor"),
        ("Bank (the", ORG, "Bank"),
        ("University of", ORG, "University"),
        ("Lagos\nRead", PLACE, "Lagos"),
    ],
)
def test_a_name_is_cut_out_of_its_surroundings(marked: str, kind: EntityType, name: str) -> None:
    trimmed = trim(marked, Span(0, len(marked), kind))
    assert trimmed is not None
    assert marked[trimmed.start : trimmed.end] == name


@pytest.mark.parametrize("marked", ["“”", "...", "x" * 500])
def test_where_no_name_is_left_there_is_no_span(marked: str) -> None:
    assert trim(marked, Span(0, len(marked), ORG)) is None


@pytest.mark.parametrize(
    "junk",
    [
        *("NEWYou", "Read more", "Click here", "A", "the", "government", "12-14", "2024"),
        *("Monday", "Friday morning", "March 2022", "July"),
        *("www.example.com", "news@example.com", "example.com"),
    ],
)
def test_junk_is_no_name(junk: str) -> None:
    text = f"{junk} and more."
    assert is_junk(text, Span(0, len(junk), ORG))


@pytest.mark.parametrize("name", ["YouTube", "JPMorgan", "NATO", "Readers Digest", "Li", "3M"])
def test_a_real_name_is_not_junk(name: str) -> None:
    assert not is_junk(f"He said {name} would pay.", Span(8, 8 + len(name), ORG))


def test_a_word_that_also_stands_in_lower_case_is_no_name_at_a_sentences_beginning() -> None:
    text = "Phone lines were cut.\nThe phone network is down. Nokia makes a phone."
    assert is_junk(text, Span(0, 5, ORG))
    assert not is_junk(text, *spans(text, ("Nokia", ORG)))


def test_lines_in_capitals_contribute_nothing() -> None:
    text = "LIVE UPDATES: PARIS TALKS\nTalks went on in Paris."
    kept = clean(text, spans(text, ("PARIS", PLACE), ("Paris", PLACE)))
    assert surfaces(text, kept) == ["Paris"]


def test_an_office_is_followed_by_a_person() -> None:
    text = "Foreign Minister Lena Brandt met President Okoye's envoy and Mr Li on Monday."
    assert [(text[s.start : s.end], title) for s, title in titled_persons(text)] == [
        ("Lena Brandt", "Foreign Minister"),
        ("Okoye", "President"),
        ("Li", "Mr"),
    ]


def test_an_office_without_a_name_names_nobody() -> None:
    text = "The Prime Minister said so. A President July 4. Vice President SAID WHAT"
    assert list(titled_persons(text)) == []


def test_the_state_in_secretary_of_state_is_nothing() -> None:
    text = "Secretary of State Jane Doe spoke."
    kept = clean(text, spans(text, ("State", ORG), ("Jane Doe", PERSON)))
    assert surfaces(text, kept) == ["Jane Doe"]


def test_what_follows_an_office_is_a_person_whatever_the_model_says() -> None:
    text = "President Kimura spoke."
    titled = [span for span, _ in titled_persons(text)]
    assert clean(text, spans(text, ("Kimura", PLACE)), titled) == [Span(10, 16, PERSON)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Backed by President Biden. Russia denied it.", "Biden"),
        ("Backed by Senator Ted Cruz. Republicans agreed.", "Ted Cruz"),
        ("He told Dr Fauci. Congress then voted.", "Fauci"),
        ("Chancellor Merkel's Christian Democrats lost.", "Merkel"),
        ("President Trump’s National Security Council met.", "Trump"),
        ("President George W. Bush spoke.", "George W. Bush"),
        ("Prof. Dr. Ada King spoke.", "Ada King"),
    ],
)
def test_a_titled_name_ends_with_its_sentence_or_with_what_it_owns(text: str, name: str) -> None:
    assert surfaces(text, [span for span, _ in titled_persons(text)]) == [name]


def test_of_two_that_overlap_the_longer_stays() -> None:
    text = "The Bank of Ghana paid."
    kept = clean(text, spans(text, ("Bank", ORG), ("Bank of Ghana", ORG), ("Ghana", PLACE)))
    assert surfaces(text, kept) == ["Bank of Ghana"]


@given(st.text(max_size=80), st.data())
def test_cleaned_spans_lie_within_the_marked_ones_in_order(text: str, data: st.DataObject) -> None:
    offsets = st.integers(0, len(text))
    pairs = data.draw(st.lists(st.tuples(offsets, offsets, st.sampled_from(EntityType))))
    marked = [Span(min(a, b), max(a, b), kind) for a, b, kind in pairs]
    kept = clean(text, marked)
    assert all(a.end <= b.start for a, b in pairwise(kept))
    for span in kept:
        assert any(m.start <= span.start < span.end <= m.end for m in marked)


def test_a_persons_name_begins_after_a_position_and_ends_before_a_verb_not_a_particle() -> None:
    for text, name in (
        ("Garrett hit Rudolph", "Garrett"),
        ("Browns DL Sheldon Richardson", "Sheldon Richardson"),
        ("Labour MP Priya Shah", "Priya Shah"),
        ("Robin van Persie", "Robin van Persie"),
        ("Luca della Robbia", "Luca della Robbia"),
        ("Ursula von der Leyen", "Ursula von der Leyen"),
    ):
        span = trim(text, Span(0, len(text), EntityType.PERSON))
        assert span is not None
        assert text[span.start : span.end] == name
