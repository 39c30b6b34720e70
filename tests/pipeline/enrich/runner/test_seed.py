"""The acceptance case: one real news article, read from the shared data."""

from __future__ import annotations

import pytest

from newsline.outcomes import EntityType
from newsline.records import EnrichedArticle
from pipeline.enrich.runner.enrichers import Enrichers
from tests.support.example_articles import NOW, article
from tests.support.shared_data import DATA, needs

SEED = DATA / "seed"

pytestmark = needs("seed")

EXPECTED = {
    EntityType.PERSON: {
        *("Antony Blinken", "Edgars Rinkēvičs", "Volodymy Zelenskyy", "Jen Psaki"),
        *("Linda Thomas-Greenfield", "President Biden"),
    },
    EntityType.ORGANISATION: {
        *("NATO", "OSCE", "International Atomic Energy Agency", "UN Human Rights Council"),
        *("Fox News", "Associated Press", "White House National Security Council"),
    },
    EntityType.PLACE: {
        *("Russia", "Ukraine", "Kyiv", "Chernobyl", "Zaporizhzhya", "United States", "The Hague"),
    },
    EntityType.GROUP: {"Russian", "Ukrainian"},
}


@pytest.fixture(scope="module")
def enriched() -> EnrichedArticle:
    text = next(SEED.glob("*.txt")).read_text(encoding="utf-8")
    return Enrichers().enrich(article(text), NOW)


@pytest.mark.parametrize("kind", EXPECTED)
def test_the_article_names_whom_an_editor_would_name(
    enriched: EnrichedArticle, kind: EntityType
) -> None:
    found = {entity.name for entity in enriched.entities if entity.type is kind}
    assert found >= EXPECTED[kind]


def test_nothing_absurd_is_among_the_most_salient(enriched: EnrichedArticle) -> None:
    plausible = set().union(*EXPECTED.values()) | {"Europe", "United Nations", "White House"}
    assert {entity.name for entity in enriched.entities[:15]} <= plausible


def test_short_forms_are_mentions_of_the_full_name(enriched: EnrichedArticle) -> None:
    by_name = {entity.name: entity for entity in enriched.entities}
    assert by_name["Antony Blinken"].aliases == ("Blinken",)
    assert by_name["International Atomic Energy Agency"].aliases == ("IAEA",)
    assert by_name["United States"].aliases == ("U.S.",)


def test_the_article_is_about_war_then_politics_and_justice(enriched: EnrichedArticle) -> None:
    names = [tag.name for tag in enriched.topic_tags]
    assert names[0] == "conflict, war and peace"
    assert {"politics", "crime, law and justice", "war crime"} <= set(names)
