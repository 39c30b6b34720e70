from __future__ import annotations

import msgspec
import pytest

from pipeline.enrich.enricher import Enricher
from pipeline.records import MAX_TEXT, RawArticle, decode_enriched, encode
from tests.pipeline.enrich.articles import NOW, article

ENGLISH = (
    "Foreign Minister Lena Brandt told reporters in Nairobi on Monday that Germany would pay.\n"
    "READ ALSO: MINISTERS IN MOMBASA\n"
    "“Kenya and Germany will sign,” Brandt said after talks at the United Nations."
)
FRENCH = "La ministre Lena Brandt a annoncé mardi à Nairobi que l'Allemagne paierait les hôpitaux."


@pytest.fixture(scope="module")
def enricher() -> Enricher:
    return Enricher()


def test_all_that_the_raw_article_says_is_carried_over(enricher: Enricher) -> None:
    raw = article(ENGLISH, "Germany will pay", section="Politics", authors=("A. Writer",))
    enriched = enricher.enrich(raw, NOW)
    fields = RawArticle.__struct_fields__
    assert {f: getattr(enriched, f) for f in fields} == msgspec.structs.asdict(raw)
    assert enriched.enriched_at == NOW


def test_an_english_article_has_language_entities_tags_and_models(enricher: Enricher) -> None:
    enriched = enricher.enrich(article(ENGLISH, "Germany will pay", section="Politics"), NOW)
    assert enriched.language.code == "en"
    names = {entity.name: entity for entity in enriched.entities}
    assert {"Lena Brandt", "Nairobi", "Germany", "Kenya", "United Nations"} <= set(names)
    assert "Mombasa".upper() not in str(enriched.entities)
    assert [ENGLISH[m.start : m.end] for m in names["Lena Brandt"].mentions] == [
        "Lena Brandt",
        "Brandt",
    ]
    assert sum(entity.salience for entity in enriched.entities) == pytest.approx(1)
    assert enriched.topic_tags[0].name == "politics"
    assert [model.role for model in enriched.models] == ["language", "entities", "topic_tags"]
    assert enriched.notes == ()


def test_a_french_article_has_no_entities_and_says_why(enricher: Enricher) -> None:
    enriched = enricher.enrich(article(FRENCH, "L'Allemagne paiera", section="Santé"), NOW)
    assert enriched.language.code == "fr"
    assert enriched.entities == ()
    assert "entities: no model for fr" in enriched.notes
    assert [tag.name for tag in enriched.topic_tags] == ["health"]
    assert [model.role for model in enriched.models] == ["language", "topic_tags"]


def test_an_undecided_article_has_no_entities_and_says_why(enricher: Enricher) -> None:
    enriched = enricher.enrich(article("3-1 (2-0)", "1:0"), NOW)
    assert enriched.language.code == "und"
    assert enriched.entities == ()
    assert "entities: language undecided" in enriched.notes


def test_enriching_is_a_function_of_the_article(enricher: Enricher) -> None:
    raw = article(ENGLISH)
    first = enricher.enrich(raw, NOW)
    enricher.enrich(article(ENGLISH.replace("Brandt", "Okoye")), NOW)
    assert enricher.enrich(raw, NOW) == first


def test_the_longest_article_is_a_valid_record(enricher: Enricher) -> None:
    raw = article((ENGLISH + "\n") * (MAX_TEXT // len(ENGLISH) - 5))
    enriched = enricher.enrich(raw, NOW)
    assert decode_enriched(encode(enriched)) == enriched
