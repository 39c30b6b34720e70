"""Two names in one span, and given names left out of one."""

from __future__ import annotations

import pytest

from newsline.outcomes import EntityType
from pipeline.enrich.entities.span_boundaries import add_given_names, split_places
from pipeline.enrich.entities.spans import Span
from tests.support.example_articles import spans

PERSON, ORG, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE


def surfaces(text: str, found: list[Span]) -> list[tuple[str, EntityType]]:
    return [(text[span.start : span.end], span.type) for span in found]


def test_a_town_and_its_country_are_two_places() -> None:
    text = "They met in Windsor, Canada."
    found = list(split_places(text, spans(text, ("Windsor, Canada", PERSON))))
    assert surfaces(text, found) == [("Windsor", PLACE), ("Canada", PLACE)]


def test_an_organisation_stays_one_beside_its_country() -> None:
    text = "Hinkley Works, Canada, closed."
    found = list(split_places(text, spans(text, ("Hinkley Works, Canada", ORG))))
    assert surfaces(text, found) == [("Hinkley Works", ORG), ("Canada", PLACE)]


@pytest.mark.parametrize("name", ["Hinkley, Inc.", "Tieck, Schelling", "Windsor, Oslo, Canada"])
def test_other_commas_do_not_divide(name: str) -> None:
    marked = spans(name, (name, ORG))
    assert list(split_places(name, marked)) == marked


def test_a_surname_takes_the_given_name_before_it() -> None:
    text = "Then Moses Mendelssohn spoke."
    found = add_given_names(text, spans(text, ("Mendelssohn", PERSON)))
    assert surfaces(text, found) == [("Moses Mendelssohn", PERSON)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Then Senator Mendelssohn spoke.", PERSON), ("At Moses Mendelssohn they spoke.", ORG)],
)
def test_another_word_or_another_type_stays_apart(text: str, kind: EntityType) -> None:
    marked = spans(text, ("Mendelssohn", kind))
    assert add_given_names(text, marked) == marked


def test_a_given_name_that_is_another_span_is_not_taken() -> None:
    text = "Moses Mendelssohn spoke."
    marked = spans(text, ("Moses", PLACE), ("Mendelssohn", PERSON))
    assert add_given_names(text, marked) == marked
