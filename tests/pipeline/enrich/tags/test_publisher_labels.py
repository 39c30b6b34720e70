from __future__ import annotations

import pytest

from newsline.records import Evidence
from pipeline.enrich.tags.mediatopics import taxonomy
from pipeline.enrich.tags.publisher_labels import concepts_of, label_findings
from tests.support.example_articles import article


def names(label: str, language: str) -> list[str]:
    return [taxonomy().concepts[code].name for code in concepts_of(label, language)]


@pytest.mark.parametrize(
    ("label", "language", "name"),
    [
        ("Sport", "en", "sport"),
        ("Deportes", "es", "sport"),
        ("Économie", "fr", "economy, business and finance"),
        ("Wirtschaft", "de", "economy, business and finance"),
        ("Saúde", "pt", "health"),
        ("Fußball", "de", "soccer"),
        ("体育", "zh", "sport"),
        ("Política", "es", "politics"),
        ("Politik", "de", "politics"),
        ("arts_and_culture", "en", "arts, culture, entertainment and media"),
        ("Climate & Environment", "en", "environment"),
        ("climate-change", "en", "climate change"),
        ("Changement climatique", "fr", "climate change"),
    ],
)
def test_a_section_or_a_concepts_own_name_is_understood(
    label: str, language: str, name: str
) -> None:
    assert name in names(label, language)


@pytest.mark.parametrize(
    "label",
    [
        "World",
        "UK",
        "US",
        "Opinion",
        "News",
        "Home",
        "International",
        "Local",
        "Men",
        "Party",
        "Panorama",
        "",
    ],
)
def test_sections_that_are_no_topic_say_nothing(label: str) -> None:
    assert names(label, "en") == []


def test_a_label_of_two_topics_names_both() -> None:
    assert names("News / Sport > Tennis", "en") == ["sport", "tennis"]
    assert names("Health and Politics", "en") == ["health", "politics"]


def test_each_label_is_evidence_in_its_own_words() -> None:
    found = label_findings(
        article(
            url="https://news.example/world/sport/football/the-politics-of-a-slug",
            section="Business",
            keywords=("Tennis", "Somebody"),
            feed_categories=("Health",),
        ),
        "en",
    )
    assert [finding.evidence for finding in found] == [
        Evidence("section", "Business"),
        Evidence("category", "Health"),
        Evidence("keyword", "Tennis"),
        Evidence("url", "sport"),
        Evidence("url", "football"),
    ]


@pytest.mark.parametrize(
    ("label", "language", "name"),
    [
        ("Wirtschaft & Finanzen", "de", "economy, business and finance"),
        ("Faits divers", "fr", "crime"),
        ("Cambio climático", "es", "climate change"),
        ("Music News", "en", "music"),
        ("Noticias Deportes", "es", "sport"),
        ("رياضة", "ar", "sport"),
        ("财经", "zh", "economy, business and finance"),
    ],
)
def test_sections_are_known_as_newspapers_of_the_language_write_them(label, language, name) -> None:
    assert names(label, language) == [name]


def test_the_first_name_of_a_sites_host_can_be_a_section() -> None:
    found = list(label_findings(article(url="https://sport.example.com/2026/11/a-slug"), "en"))
    assert [(f.evidence.source, f.evidence.term) for f in found] == [("url", "sport")]
    assert list(label_findings(article(url="https://sport.com/2026/11/a-slug"), "en")) == []


def test_an_address_that_cannot_be_taken_apart_says_nothing() -> None:
    assert list(label_findings(article(url="https://[x/sport/a-slug"), "en")) == []
