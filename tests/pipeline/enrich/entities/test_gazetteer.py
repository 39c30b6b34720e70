from __future__ import annotations

import pytest

from newsline.outcomes import EntityType
from pipeline.enrich.entities import gazetteer


@pytest.mark.parametrize(
    ("surface", "key"),
    [
        ("U.S.", "us"),
        ("Kovačs’", "kovacs"),
        ("Ukraine’s", "ukraine"),
        ("São  Paulo", "sao paulo"),
    ],
)
def test_names_are_compared_without_case_accents_stops_and_possessives(
    surface: str, key: str
) -> None:
    assert gazetteer.key(surface) == key


@pytest.mark.parametrize("name", ["Ukraine", "Kyiv", "Kiev", "The Hague", "Nairobi", "US"])
def test_countries_capitals_and_large_cities_are_places(name: str) -> None:
    assert gazetteer.known_type(gazetteer.canonical(name)) is EntityType.PLACE


@pytest.mark.parametrize("name", ["Jordan", "Georgia", "Victoria", "Jackson", "Lincoln", "Apple"])
def test_what_is_as_often_a_person_is_not_known(name: str) -> None:
    assert gazetteer.known_type(gazetteer.canonical(name)) is None


@pytest.mark.parametrize(
    ("one", "other"), [("UN", "United Nations"), ("U.S.", "United States"), ("Kiev", "Kyiv")]
)
def test_two_names_of_one_thing_have_one_key(one: str, other: str) -> None:
    first, second = (gazetteer.canonical(name) for name in (one, other))
    assert first == second


def test_an_acronym_is_known_only_in_capitals() -> None:
    assert gazetteer.canonical("WHO") == gazetteer.canonical("World Health Organization")
    assert gazetteer.canonical("Who") == "who"
    assert gazetteer.known_type(gazetteer.canonical("Us")) is None
