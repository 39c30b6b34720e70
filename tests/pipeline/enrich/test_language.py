from __future__ import annotations

import pytest

from pipeline.enrich import language

FRENCH = "Le gouvernement a annoncé mardi de nouvelles mesures pour soutenir les hôpitaux du pays."
TEXTS = {
    "en": "The government announced new measures on Tuesday to support the country's hospitals.",
    "fr": FRENCH,
    "de": "Die Regierung kündigte am Dienstag neue Maßnahmen zur Unterstützung der Kliniken an.",
    "es": "El Gobierno anunció el martes nuevas medidas para apoyar a los hospitales del país.",
    "ru": "Правительство объявило во вторник о новых мерах поддержки больниц по всей стране.",
    "ar": "أعلنت الحكومة يوم الثلاثاء عن إجراءات جديدة لدعم المستشفيات في جميع أنحاء البلاد",
    "zh": "政府星期二宣布了支持全国医院的新措施，并表示将在下个月开始实施这些措施。",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_is_recognised(code: str) -> None:
    found = language.detect(TEXTS[code])
    assert found.code == code
    assert 0.5 <= found.confidence <= 1


@pytest.mark.parametrize("text", ["", "OK", "12:30 – 14:45", "!!! ??? ...", "3-1 (2-0) 45'"])
def test_text_without_words_is_undecided(text: str) -> None:
    assert language.detect(text).code == "und"


def test_the_declared_language_cannot_overrule_the_text() -> None:
    assert language.detect(FRENCH, "en").code == "fr"


def test_the_declared_language_settles_a_doubtful_text_only_if_it_is_also_the_likeliest() -> None:
    doubtful = "Paris Roma Madrid"
    alone = language.detect(doubtful)
    assert alone.code == "und"
    likeliest = language._identifier().classify(doubtful)[0]
    assert language.detect(doubtful, likeliest).code == likeliest
    assert language.detect(doubtful, "ja").code == "und"


def test_only_the_beginning_is_read() -> None:
    assert language.detect(TEXTS["en"] * 30 + FRENCH * 100).code == "en"
