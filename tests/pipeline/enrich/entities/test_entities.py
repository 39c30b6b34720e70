from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsline.outcomes import EntityType
from newsline.records import MAX_ENTITIES, MAX_MENTIONS, MAX_NAME
from pipeline.enrich.entities.entities import extract_entities
from pipeline.enrich.entities.spans import Span
from tests.support.example_articles import spans

PERSON, ORG, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE


def test_an_entity_has_its_fullest_name_its_aliases_and_exact_mentions() -> None:
    text = "Lena Brandt spoke in Oslo. Brandt left."
    marked = spans(text, ("Lena Brandt", PERSON), ("Oslo", PLACE))
    person, place = extract_entities(text, [*marked, Span(27, 33, ORG)])
    assert (person.name, person.type, person.aliases, person.count) == (
        "Lena Brandt",
        PERSON,
        ("Brandt",),
        2,
    )
    assert [text[m.start : m.end] for m in person.mentions] == ["Lena Brandt", "Brandt"]
    assert (place.name, place.type) == ("Oslo", PLACE)


def test_a_surname_alone_keeps_its_office() -> None:
    text = "On Monday President Kimura spoke. Kimura left. Mr Li stayed."
    found = extract_entities(text, spans(text, ("Kimura", PERSON)))
    assert [(e.name, e.aliases) for e in found] == [("President Kimura", ("Kimura",)), ("Li", ())]
    assert [text[m.start : m.end] for m in found[0].mentions] == ["Kimura", "Kimura"]


def test_a_dateline_in_capitals_is_not_how_the_place_is_called() -> None:
    text = "NAIROBI (Reuters) - Shops in Nairobi closed."
    (place,) = extract_entities(text, spans(text, ("NAIROBI", PLACE), ("Nairobi", PLACE)))
    assert (place.name, place.aliases, place.count) == ("Nairobi", ("NAIROBI",), 2)


def test_salience_falls_and_adds_up_to_one() -> None:
    text = "Ana Marić and Ana Marić met Ivo Horvat. Then the Bank of Ghana paid."
    found = extract_entities(
        text, spans(text, ("Ana Marić", PERSON), ("Ivo Horvat", PERSON), ("Bank of Ghana", ORG))
    )
    assert [e.name for e in found] == ["Ana Marić", "Ivo Horvat", "Bank of Ghana"]
    assert sum(e.salience for e in found) == pytest.approx(1)


def test_what_the_title_names_matters_more() -> None:
    text = "Ana Marić met Ivo Horvat."
    marked = spans(text, ("Ana Marić", PERSON), ("Ivo Horvat", PERSON))
    assert extract_entities(text, marked)[0].name == "Ana Marić"
    assert extract_entities(text, marked, "Ivo Horvat resigns")[0].name == "Ivo Horvat"


def test_a_text_without_names_has_no_entities() -> None:
    assert extract_entities("nothing here", []) == ()


def test_the_limits_hold_on_a_text_with_too_much() -> None:
    lines = [
        f"Person{'abcdefghij'[i % 10]}{'klmnopqrst'[i // 10 % 10]} Name{i} spoke"
        for i in range(500)
    ]
    text = "\n".join(lines * 4)
    marked, start = [], 0
    for line in lines * 4:
        marked.append(Span(start, start + len(line) - len(" spoke"), PERSON))
        start += len(line) + 1
    found = extract_entities(text, marked)
    assert len(found) == MAX_ENTITIES
    assert all(e.count == 4 for e in found)
    assert sum(e.salience for e in found) == pytest.approx(1)
    assert all(len(e.mentions) == 4 for e in found)


def test_mentions_are_shared_out_so_that_every_entity_has_its_first() -> None:
    text = "Ana Marić spoke. " * (MAX_MENTIONS + 50) + "Ivo Horvat left."
    found = extract_entities(text, spans(text, ("Ana Marić", PERSON), ("Ivo Horvat", PERSON)))
    assert [e.count for e in found] == [MAX_MENTIONS + 50, 1]
    assert [len(e.mentions) for e in found] == [MAX_MENTIONS - 1, 1]


WORDS = st.sampled_from(
    [
        *(
            "Ana",
            "Marić",
            "the",
            "Bank",
            "of",
            "UN",
            "U.S.",
            "President",
            "said",
            "Kyiv’s",
            "(IAEA)",
        ),
        *("\n", "“", "NEWYou", "Monday", "Russian", "Russians", "a" * 105, "Mr", "x.", "ŠŤ"),
    ]
)


def test_an_organisation_with_a_name_longer_than_the_contract_allows_is_left_out() -> None:
    text = (
        "Paris hosts the International Association of the Telecommunications and Electricity "
        "Undertakings of the Mediterranean and the Caribbean (IATEUMC)."
    )
    assert [e.name for e in extract_entities(text, spans(text, ("Paris", PLACE)))] == [
        "Paris",
        "IATEUMC",
    ]


def test_a_place_marked_with_the_space_before_it_is_named_without():
    text = "Bank Russian"
    (entity,) = extract_entities(text, [Span(4, 11, EntityType.PLACE)])
    assert entity.name == "Russia"


@settings(max_examples=200)
@given(st.lists(WORDS, min_size=1, max_size=30), st.data())
def test_whatever_is_marked_the_record_is_valid(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    offsets = st.integers(0, len(text))
    pairs = data.draw(
        st.lists(st.tuples(offsets, offsets, st.sampled_from(EntityType)), max_size=20)
    )
    found = extract_entities(text, [Span(min(a, b), max(a, b), kind) for a, b, kind in pairs])
    taken: set[int] = set()
    for entity in found:
        assert 1 <= len(entity.name) <= MAX_NAME
        assert entity.count >= len(entity.mentions) >= 1
        shown = {text[m.start : m.end] for m in entity.mentions}
        assert all(s == s.strip() and s for s in shown)
        assert shown <= {entity.name, *entity.aliases}
        for mention in entity.mentions:
            positions = set(range(mention.start, mention.end))
            assert not positions & taken
            taken |= positions
    assert [e.salience for e in found] == sorted((e.salience for e in found), reverse=True)
    if found:
        assert sum(e.salience for e in found) == pytest.approx(1)


def test_a_person_that_the_model_took_for_something_else_is_trimmed_as_one() -> None:
    text = "Myles Garrett, who was fined, spoke. Then Myles Garrett hit Rudolph, who fell."
    found = extract_entities(text, spans(text, ("Myles Garrett hit Rudolph", EntityType.WORK)))
    assert [entity.name for entity in found] == ["Myles Garrett"]
