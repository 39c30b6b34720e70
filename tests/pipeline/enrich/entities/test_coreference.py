from __future__ import annotations

from newsline.outcomes import EntityType
from pipeline.enrich.entities.coreference import cluster, majority_type
from pipeline.enrich.entities.spans import Span
from tests.support.example_articles import spans

PERSON, ORG, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE


def names(text: str, *marked: tuple[str, EntityType]) -> list[list[str]]:
    groups = cluster(text, spans(text, *marked))
    return [[text[span.start : span.end] for span in group] for group in groups]


def test_a_surname_joins_its_full_name() -> None:
    text = "Lena Brandt spoke. Later Brandt left."
    groups = cluster(text, [Span(0, 11, PERSON), Span(25, 31, PERSON)])
    assert groups == [[Span(0, 11, PERSON), Span(25, 31, PERSON)]]


def test_a_surname_that_the_model_took_for_an_organisation_joins_too() -> None:
    text = "Lena Brandt spoke. “No,” Brandt said."
    groups = cluster(text, [Span(0, 11, PERSON), Span(25, 31, ORG)])
    assert [span.type for span in groups[0]] == [PERSON, PERSON]


def test_two_of_one_surname_are_told_apart_by_who_was_named_last() -> None:
    text = "Ana Marić met. Marić spoke. Ivo Marić came. Marić left."
    marked = [Span(0, 9, PERSON), Span(15, 20, PERSON), Span(28, 37, PERSON), Span(44, 49, PERSON)]
    assert cluster(text, marked) == [marked[:2], marked[2:]]


def test_a_known_place_never_becomes_a_persons_surname() -> None:
    text = "Jane Paraguay flew to Paraguay."
    marked = [Span(0, 13, PERSON), Span(22, 30, PLACE)]
    assert cluster(text, marked) == [[marked[0]], [marked[1]]]


def test_an_acronym_joins_its_expansion() -> None:
    text = "The Ruritanian Space Research Agency (RSRA) said so. RSRA later withdrew."
    assert names(text, ("Ruritanian Space Research Agency", ORG), ("RSRA", ORG)) == [
        ["Ruritanian Space Research Agency", "RSRA", "RSRA"]
    ]


def test_an_acronym_without_its_expansion_stays_alone() -> None:
    assert names("ABC met Xenon Yellow.", ("ABC", ORG), ("Xenon Yellow", ORG)) == [
        ["ABC"],
        ["Xenon Yellow"],
    ]


def test_countries_and_organisations_join_under_all_their_names() -> None:
    text = "The United States, or U.S., or US; the United Nations or UN."
    marked = [("United States", PLACE), ("U.S.", PLACE), ("US", PLACE)]
    assert names(text, *marked, ("United Nations", ORG), ("UN", ORG))[0] == [
        "United States",
        "U.S.",
        "US",
    ]


def test_a_company_is_one_with_and_without_its_legal_form() -> None:
    text = "Quux Holdings Inc. rose. Quux Holdings fell."
    groups = cluster(text, [Span(0, 18, ORG), Span(25, 38, ORG)])
    assert len(groups) == 1


def test_a_possessive_is_two_names_where_one_is_known() -> None:
    text = "Latvia’s Ministry of Fish spoke; Moody’s Investors paid."
    assert names(text, ("Latvia’s Ministry of Fish", ORG), ("Moody’s Investors", ORG)) == [
        ["Latvia"],
        ["Ministry of Fish"],
        ["Moody’s Investors"],
    ]


def test_the_type_is_the_majoritys_unless_the_name_is_known() -> None:
    votes = [Span(0, 1, ORG), Span(0, 1, PERSON), Span(0, 1, PERSON)]
    assert majority_type("zork", votes) is PERSON
    assert majority_type("kyiv", votes) is PLACE
    assert majority_type("united nations", votes) is ORG


def test_every_span_ends_in_exactly_one_group() -> None:
    text = "Ana Marić, Ivo Marić, Marić, MA, Marić Agency"
    marked = [Span(0, 9, PERSON), Span(11, 20, PERSON), Span(22, 27, ORG), Span(29, 31, ORG)]
    groups = cluster(text, marked)
    assert sorted((s.start, s.end) for group in groups for s in group) == [
        (span.start, span.end) for span in marked
    ]


def test_between_equal_votes_the_fullest_name_decides() -> None:
    group = [Span(0, 31, EntityType.ORGANISATION), Span(40, 43, EntityType.PERSON)]
    assert majority_type("drug enforcement administration", group) is EntityType.ORGANISATION
