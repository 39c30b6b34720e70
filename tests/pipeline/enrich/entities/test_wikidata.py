from __future__ import annotations

import json

import pytest

from newsline.outcomes import EntityType
from newsline.records import TopicTag
from pipeline.enrich.entities import wikidata
from tests.support.example_entities import named

PERSON, PLACE, GROUP = EntityType.PERSON, EntityType.PLACE, EntityType.GROUP
ORGANISATION = EntityType.ORGANISATION


def ids(text: str, *names: tuple[str, EntityType]) -> list[str | None]:
    return [entity.wikidata for entity in wikidata.identify(named(text, *names), text)]


@pytest.mark.parametrize(
    ("name", "kind", "item"),
    [
        ("Ukraine", PLACE, "Q212"),
        ("U.S.", PLACE, "Q30"),
        ("UK", PLACE, "Q145"),
        ("Turkey", PLACE, "Q43"),
        ("Netherlands", PLACE, "Q55"),
        ("Kyiv", PLACE, "Q1899"),
        ("Kiev", PLACE, "Q1899"),
        ("Nairobi", PLACE, "Q3870"),
        ("Bavaria", PLACE, "Q980"),
        ("Texas", PLACE, "Q1439"),
        ("Guangdong", PLACE, "Q15175"),
        ("Ukrainian", GROUP, "Q212"),
        ("South Koreans", GROUP, "Q884"),
        ("WHO", ORGANISATION, "Q7817"),
        ("World Health Organisation", ORGANISATION, "Q7817"),
        ("NATO", ORGANISATION, "Q7184"),
    ],
)
def test_a_name_that_one_thing_has_is_that_thing(name: str, kind: EntityType, item: str) -> None:
    assert ids(f"About {name}.", (name, kind)) == [item]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Paris", PERSON),
        ("Kyiv", ORGANISATION),
        ("Ukraine", ORGANISATION),
        ("Who", ORGANISATION),
        ("Springfield", PLACE),
    ],
)
def test_another_type_or_an_unknown_name_has_none(name: str, kind: EntityType) -> None:
    assert ids(f"About {name}.", (name, kind)) == [None]


@pytest.mark.parametrize(
    "name",
    [
        *("Georgia", "Jordan", "Victoria", "Washington", "Santiago", "Punjab", "New York", "Paris"),
        *("London", "Lebanon", "Tripoli", "Kingston", "Athens", "Congo"),
    ],
)
def test_a_name_that_others_have_too_has_none_by_itself(name: str) -> None:
    assert ids(f"About {name}.", (name, PLACE)) == [None]


def test_its_country_beside_it_settles_which_one_it_is() -> None:
    text = "Paris, said the French minister."
    assert ids(text, ("Paris", PLACE), ("French", GROUP)) == ["Q90", "Q142"]
    text = "Jordan is at peace, they say in Amman. A Jordanian agrees."
    assert ids(text, ("Jordan", PLACE), ("Jordanian", GROUP)) == ["Q810", "Q810"]


def test_georgia_is_a_country_beside_tbilisi_and_a_state_beside_texas() -> None:
    text = "Georgia voted, and Tbilisi was calm."
    assert ids(text, ("Georgia", PLACE), ("Tbilisi", PLACE)) == ["Q230", "Q994"]
    text = "Georgia voted like Texas, and the US watched."
    assert ids(text, ("Georgia", PLACE), ("Texas", PLACE), ("US", PLACE))[0] == "Q1428"
    text = "Georgia asked the US for help."
    assert ids(text, ("Georgia", PLACE), ("US", PLACE))[0] is None


def test_a_place_that_the_text_puts_elsewhere_has_none() -> None:
    text = "London, Ontario, has a British consul."
    found = ids(text, ("London", PLACE), ("British", GROUP))
    assert found[0] is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A barn burned down in Berlin, Connecticut.", "Berlin"),
        ("The town of Mexico, Missouri, voted.", "Mexico"),
        ("In Peru, Indiana, a circus opened.", "Peru"),
    ],
)
def test_a_name_with_a_foreign_state_after_it_is_a_town_there(text: str, name: str) -> None:
    assert ids(text, (name, PLACE)) == [None]


def test_in_a_list_of_countries_each_is_itself() -> None:
    text = "Germany, France and Italy agreed; Berlin, France said, had led."
    names = [(name, PLACE) for name in ("Germany", "France", "Italy", "Berlin")]
    assert ids(text, *names) == ["Q183", "Q142", "Q38", "Q64"]


def test_an_adjective_does_not_settle_a_capital_where_another_country_is_named() -> None:
    text = "Athens beat Alabama, and the Greek houses held parties."
    assert ids(text, ("Athens", PLACE), ("Alabama", PLACE), ("Greek", GROUP))[0] is None
    text = "Athens welcomed the US, a Greek minister said in Thessaloniki, Greece."
    names = (("Athens", PLACE), ("US", PLACE), ("Greek", GROUP), ("Greece", PLACE))
    assert ids(text, *names)[0] == "Q1524"


def test_luxembourg_is_not_its_capital() -> None:
    text = "Luxembourg voted. Luxembourgers were calm in Luxembourg City."
    names = (("Luxembourg", PLACE), ("Luxembourgers", GROUP), ("Luxembourg City", PLACE))
    assert ids(text, *names) == ["Q32", "Q32", "Q1842"]
    assert ids("About Luxembourg.", ("Luxembourg", PLACE)) == [None]


def test_an_acronym_that_others_have_needs_its_full_name() -> None:
    assert ids("The ECB named a squad.", ("ECB", ORGANISATION)) == [None]
    assert ids(
        "About the European Central Bank (ECB).", ("European Central Bank|ECB", ORGANISATION)
    ) == ["Q8901"]


def test_two_korean_states_leave_an_adjective_open() -> None:
    text = "Korean talks between North Korea and South Korea."
    names = (("Korean", GROUP), ("North Korea", PLACE), ("South Korea", PLACE))
    assert ids(text, *names) == [None, "Q423", "Q884"]
    text = "Korean leader Kim Jong Un fired a missile at sea, said South Korea."
    assert ids(text, ("Korean", GROUP), ("South Korea", PLACE)) == [None, "Q884"]


def test_an_identified_entity_is_otherwise_as_it_was() -> None:
    text = "Kyiv, once written Kiev."
    before = named(text, ("Kyiv|Kiev", PLACE))
    (after,) = wikidata.identify(before, text)
    assert (after.name, after.mentions, after.count) == (
        before[0].name,
        before[0].mentions,
        before[0].count,
    )


def test_a_topic_has_the_item_that_iptc_matched_it_to() -> None:
    tag = TopicTag(
        code="medtop:20000007", name="dance", path=("arts", "dance"), confidence=0.9, evidence=()
    )
    assert [t.wikidata for t in wikidata.identify_topics([tag])] == ["Q11639"]


def test_the_table_gives_each_place_one_item_and_each_item_one_country() -> None:
    places = json.loads(wikidata.PATH.read_text(encoding="utf-8"))["places"]
    assert len(places) > 600
    assert len({place["id"] for place in places}) == len(places)
    countries = {place["country"] for place in places if place["kind"] == "country"}
    assert {place["country"] for place in places} <= countries
