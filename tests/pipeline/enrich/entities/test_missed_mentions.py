from __future__ import annotations

import pytest

from newsline.outcomes import EntityType
from pipeline.enrich.entities.missed_mentions import add_missed_mentions, defined
from tests.support.example_articles import spans, surfaces

PERSON, ORG = EntityType.PERSON, EntityType.ORGANISATION


def test_a_full_name_is_found_again() -> None:
    text = "Lena Brandt spoke. It was Lena Brandt’s last."
    found = add_missed_mentions(text, spans(text, ("Lena Brandt", PERSON))[:1])
    assert surfaces(text, found) == ["Lena Brandt", "Lena Brandt"]


def test_a_single_word_that_was_marked_once_is_not_looked_for() -> None:
    text = "Brown spoke. Brown bears sleep."
    marked = spans(text, ("Brown", PERSON))[:1]
    assert add_missed_mentions(text, marked) == marked


def test_an_acronym_is_found_again_but_not_inside_a_word_or_a_longer_name() -> None:
    text = "WHO warned. WHO, too. WHOSE? WHO Europe. anti-WHO"
    found = add_missed_mentions(text, spans(text, ("WHO", ORG))[:1])
    assert [span.start for span in found] == [0, 12]


def test_what_is_marked_already_is_not_marked_twice() -> None:
    text = "Lena Brandt met Lena Brandt Junior."
    marked = [*spans(text, ("Lena Brandt", PERSON))[:1], *spans(text, ("Lena Brandt Junior", ORG))]
    assert add_missed_mentions(text, marked) == marked


def test_a_surname_alone_is_the_person_whose_full_name_is_marked() -> None:
    text = "Carlo Citrone left. The crowd missed Citrone."
    found = add_missed_mentions(text, spans(text, ("Carlo Citrone", PERSON)))
    assert surfaces(text, found) == ["Carlo Citrone", "Citrone"]


def test_a_surname_that_is_a_word_of_the_text_is_not_looked_for() -> None:
    text = "Rose Green came. The green was wet. Green tea was served."
    assert len(add_missed_mentions(text, spans(text, ("Rose Green", PERSON)))) == 1


def test_an_organisation_that_is_introduced_with_its_initials_is_found_unmarked() -> None:
    text = "The Amateur Hockey Association of Canada (AHAC) met. AHAC agreed."
    found = add_missed_mentions(text, [])
    assert surfaces(text, found) == ["Amateur Hockey Association of Canada", "AHAC", "AHAC"]
    assert {s.type for s in found} == {ORG}


@pytest.mark.parametrize("part", ["A", "A-", "Ab ", "A b"])
def test_a_long_run_that_introduces_nothing_is_read_once(part: str) -> None:
    """At 80,000 characters what starts again at each capital takes minutes."""
    assert list(defined(part * (80_000 // len(part)))) == []


def test_capitals_in_brackets_that_are_no_initials_say_nothing() -> None:
    assert add_missed_mentions("Members of the Harbour Board (USD) paid.", []) == []
