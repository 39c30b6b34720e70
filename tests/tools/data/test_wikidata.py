from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pipeline.enrich.entities.wikidata import PERSON
from tools.data.wikidata import places, topics
from tools.data.wikidata_sources import Demonym, Sources, Territory, demonyms, territories

NOTHING = Sources([], [], {"FR": ["France"], "RU": ["Russia"], "US": ["United States"]}, [], [])


def country(code: str, name: str, full_name: str = "", **changes: Any) -> Territory:
    place = Territory(code, name, full_name or name, f"Q-{code}", True, False, "")
    return place._replace(**changes)


def division(code: str, name: str, **changes: Any) -> Territory:
    place = Territory(code, name, name, f"Q-{code}", False, False, code.partition("-")[0])
    return place._replace(**changes)


def rows(*found: Territory, **sources: Any) -> dict[str, Any]:
    """Id → row, for the territories among the other sources."""
    table = places(NOTHING._replace(territories=list(found), **sources), {})
    return {row["id"]: row for row in table}


def test_a_country_has_its_short_and_its_full_name() -> None:
    row = rows(country("fr", "France", "French Republic"))["Q-fr"]
    assert row["kind"] == "country"
    assert row["country"] == "FR"
    assert row["names"] == ["France", "French Republic"]


def test_a_name_in_brackets_and_a_realm_are_no_names_of_a_country() -> None:
    row = rows(country("fr", "France", "France (metropolitan)"))["Q-fr"]
    assert row["names"] == ["France"]


def test_the_news_mean_the_state_and_not_the_realm() -> None:
    found = rows(country("nl", "Netherlands"), countries={"NL": ["Netherlands"]})
    assert found.keys() == {"Q55"}


@pytest.mark.parametrize(
    "place",
    [
        country("su", "Soviet Union", is_historical=True),
        country("fr", "Occupied France"),
        country("zz", "Nowhere"),
        division("zz-a", "Province of Nowhere"),
    ],
    ids=["historical", "occupied", "no state", "of no state"],
)
def test_a_territory_that_is_no_place_of_today_is_left_out(place: Territory) -> None:
    assert rows(place) == {}


def test_a_division_of_another_countrys_name_is_shared_with_it() -> None:
    found = rows(division("us-xx", "Brittany"), divisions=[("Brittany", "FR"), ("Brittany", "US")])
    assert found["Q-us-xx"]["shared"] == ["FR"]


def test_a_division_with_a_city_of_its_name_is_left_out() -> None:
    assert rows(division("ru-kir", "Kirov"), cities=[("Kirov", "RU")]) == {}


def test_a_city_state_and_a_division_of_an_english_speaking_country_stay() -> None:
    cities = [("Moscow", "RU"), ("Wyoming", "US")]
    found = rows(division("ru-mow", "Moscow"), division("us-wy", "Wyoming"), cities=cities)
    assert found.keys() == {"Q-ru-mow", "Q-us-wy"}


def test_an_oblast_is_also_called_a_region() -> None:
    row = rows(division("ru-kir", "Kirov Oblast"))["Q-ru-kir"]
    assert row["names"] == ["Kirov Oblast", "Kirov region", "Kirov oblast"]


def test_what_is_in_brackets_is_no_part_of_a_divisions_name() -> None:
    assert rows(division("us-ga", "Peachland (US)"))["Q-us-ga"]["names"] == ["Peachland"]


def test_a_state_that_is_known_as_a_city_needs_the_word_state() -> None:
    found = rows(division("us-wa", "Washington"), division("us-ny", "New York"))
    assert found.keys() == {"Q-us-wa"}
    assert found["Q-us-wa"]["names"] == ["Washington state"]


def test_a_name_that_people_have_is_shared_with_them() -> None:
    assert rows(division("us-ga", "Georgia"))["Q-us-ga"]["shared"] == [PERSON]


def test_a_city_abroad_makes_a_countrys_name_shared_only_where_english_is_spoken() -> None:
    found = rows(country("fr", "France"), cities=[("France", "US"), ("France", "RU")])
    assert found["Q-fr"]["shared"] == ["US"]


def test_a_capital_comes_first_and_its_division_is_not_listed_again() -> None:
    sources = NOTHING._replace(
        territories=[division("fr-idf", "Paris", qid="Q90"), country("fr", "France")],
        cities=[("Paris", "FR"), ("Paris", "US")],
    )
    found = places(sources, {"FR": ["Q90", "Paris"]})
    assert [(row["id"], row["kind"]) for row in found] == [("Q90", "capital"), ("Q-fr", "country")]
    assert found[0]["shared"] == [PERSON, "US"]


def adjectives(code: str, name: str, *demonym: Demonym) -> dict[str, Any]:
    found = rows(country(code, name), demonyms=list(demonym), countries={code.upper(): [name]})
    return found[f"Q-{code}"]


def test_an_adjective_and_the_plural_of_a_people_name_a_country() -> None:
    row = adjectives("ua", "Ukraine", Demonym("UA", "Ukrainian", "Ukrainian(s)"))
    assert row["adjectives"] == ["Ukrainian", "Ukrainians"]
    assert row["doubtful_adjectives"] == []


def test_each_of_several_adjectives_counts_and_a_description_does_not() -> None:
    row = adjectives("th", "Thailand", Demonym("TH", "Thai or Siamese, of the Thais", ""))
    assert row["adjectives"] == ["Thai", "Siamese"]


def test_an_adjective_that_two_countries_have_is_doubtful() -> None:
    of_both = [Demonym("CD", "Congolese", ""), Demonym("CG", "Congolese", "")]
    assert adjectives("cd", "DR Congo", *of_both)["doubtful_adjectives"] == ["Congolese"]


def test_an_adjective_that_is_also_a_style_is_doubtful() -> None:
    row = adjectives("in", "India", Demonym("IN", "Indian", "Indian(s)"))
    assert row["doubtful_adjectives"] == ["Indian", "Indians"]


def test_a_dependent_territorys_adjective_and_a_countrys_own_name_are_left_out() -> None:
    assert adjectives("gg", "Guernsey", Demonym("GG", "British", ""))["adjectives"] == []
    assert adjectives("lu", "Luxembourg", Demonym("LU", "Luxembourg", ""))["adjectives"] == []


def test_a_topic_has_the_last_part_of_its_wikidata_address_unless_it_is_retired() -> None:
    def concept(code: str, wikidata: str | None, retired: str | None = None) -> dict[str, Any]:
        return {"qcode": code, "wikidata": wikidata, "retired": retired}

    listed = [
        concept("medtop:1", "https://www.wikidata.org/entity/Q31629"),
        concept("medtop:2", None),
        concept("medtop:3", "https://www.wikidata.org/entity/Q1", retired="2020-01-01"),
    ]
    assert topics({"concepts": listed}) == {"medtop:1": "Q31629"}


def test_territories_are_read_in_the_order_of_their_codes_and_only_with_an_id() -> None:
    lines = [
        {"code": "us-wy", "name": "Wyoming", "qid": "Q1214", "parent": "us"},
        {
            "code": "fr",
            "name": "France",
            "qid": "Q142",
            "is_country": True,
            "full_name": "Republic",
        },
        {"code": "eu", "name": "European Union"},
    ]
    assert territories([*map(json.dumps, lines), ""]) == [
        Territory("fr", "France", "Republic", "Q142", True, False, ""),
        Territory("us-wy", "Wyoming", "Wyoming", "Q1214", False, False, "us"),
    ]


def test_demonyms_are_read_from_the_atlas(tmp_path: Path) -> None:
    atlas = tmp_path / "atlas.sqlite3"
    with sqlite3.connect(atlas) as connection:
        connection.executescript(
            "CREATE TABLE country (id INTEGER, alpha2 TEXT);"
            "CREATE TABLE country_demonym (country_id INTEGER, adjective TEXT, noun TEXT);"
            "INSERT INTO country VALUES (1, 'UA'), (2, 'AQ');"
            "INSERT INTO country_demonym VALUES (1, 'Ukrainian', 'Ukrainian(s)'), (2, NULL, NULL);"
        )
    connection.close()
    assert demonyms(atlas) == [Demonym("UA", "Ukrainian", "Ukrainian(s)"), Demonym("AQ", "", "")]
