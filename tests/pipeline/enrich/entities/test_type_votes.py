"""The type of a name by its own words and its surroundings, against what a model says."""

from __future__ import annotations

import pytest

from newsline.outcomes import EntityType
from pipeline.enrich.entities.type_votes import settle_types
from tests.support.example_articles import spans

PERSON, ORGANISATION = EntityType.PERSON, EntityType.ORGANISATION
PLACE, EVENT, GROUP = EntityType.PLACE, EntityType.EVENT, EntityType.GROUP


def settled(text: str, name: str, *said: EntityType) -> set[EntityType]:
    """The types of a name's mentions, of which the model has said this."""
    marked = zip(spans(text, (name, PERSON)), said, strict=True)
    return {
        span.type for span in settle_types(text, [one._replace(type=kind) for one, kind in marked])
    }


@pytest.mark.parametrize(
    ("text", "name", "said", "is_"),
    [
        ("They camped in Cliddesden on Sunday.", "Cliddesden", PERSON, PLACE),
        ("The village of Aisby has no shop.", "Aisby", PERSON, PLACE),
        ("Hancock Brook was flooded.", "Hancock Brook", PERSON, PLACE),
        ("A branch opened in Woking, Scotland.", "Woking", ORGANISATION, PLACE),
        ("A spokesman for Hinkley Works declined.", "Hinkley Works", PERSON, ORGANISATION),
        ("He plays for Konami now.", "Konami", PERSON, ORGANISATION),
        ("Volker told the committee so.", "Volker", ORGANISATION, PERSON),
        ("Bublik, 22, lost in two sets.", "Bublik", ORGANISATION, PERSON),
        ("Penelope Abernathy wrote the report.", "Penelope Abernathy", ORGANISATION, PERSON),
        ("Nobody at the Outland Trophy was sober.", "Outland Trophy", ORGANISATION, EVENT),
        ("Critics liked “Valhalla”.", "Valhalla", PERSON, EntityType.WORK),
        ("The Cary Towne Center burned.", "Cary Towne Center", PERSON, ORGANISATION),
        ("Fiona Hill testified.", "Fiona Hill", PERSON, PERSON),
        ("Lake Baikal froze.", "Lake Baikal", PERSON, PLACE),
        ("The Ministry of Health wrote back.", "Ministry of Health", PLACE, ORGANISATION),
    ],
)
def test_words_in_and_around_a_name_outvote_the_model(text, name, said, is_) -> None:
    assert settled(text, name, said) == {is_}


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("Reports from Burisma were late.", "Burisma", ORGANISATION),
        ("A walk with Harrison.", "Harrison", PERSON),
        ("The French in Mali left.", "French", GROUP),
    ],
)
def test_without_a_cue_that_outweighs_it_the_model_has_the_word(text, name, said) -> None:
    assert settled(text, name, said) == {said}


def test_all_mentions_of_a_name_have_one_type() -> None:
    text = "Gradsky sang. Critics praised Gradsky. Gradsky said he was tired."
    assert settled(text, "Gradsky", ORGANISATION, PLACE, PERSON) == {PERSON}


def test_who_bears_the_surname_of_a_person_named_in_full_is_that_person() -> None:
    text = "Adam Schiff spoke first. Nobody interrupted Schiff."
    marked = [*spans(text, ("Adam Schiff", PERSON)), spans(text, ("Schiff", PLACE))[1]]
    assert {span.type for span in settle_types(text, marked)} == {PERSON}


def test_what_has_an_article_and_a_plural_is_a_team() -> None:
    assert settled("A win for the Steelers.", "Steelers", PERSON) == {ORGANISATION}


def test_spans_stay_in_the_order_of_the_text() -> None:
    text = "Volker met Hinkley Works in Cliddesden."
    names = ("Volker", "Hinkley Works", "Cliddesden")
    marked = spans(text, *((name, PERSON) for name in names))
    assert [span[:2] for span in settle_types(text, marked)] == [span[:2] for span in marked]
