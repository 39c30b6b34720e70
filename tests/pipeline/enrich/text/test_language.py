from __future__ import annotations

import pytest

from pipeline.enrich.text import language

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


@pytest.mark.parametrize("code", ["en", "fr", "de", "es", "ru"])
@pytest.mark.parametrize(
    "dress",
    [
        str.upper,
        str.title,
        lambda text: text[:60].upper() + text[60:],
        lambda text: f"{text.upper()} McKay, Ohio",
    ],
    ids=["capitals", "title case", "capitals at the start", "capitals with a few small letters"],
)
def test_capitals_hide_no_language(code: str, dress) -> None:
    plain, dressed = language.detect(TEXTS[code]), language.detect(dress(TEXTS[code]))
    assert dressed.code == code
    assert dressed.confidence > plain.confidence - 0.1


@pytest.mark.parametrize("text", ["", "OK", "12:30 – 14:45", "!!! ??? ...", "3-1 (2-0) 45'"])
def test_text_without_words_is_undecided(text: str) -> None:
    assert language.detect(text).code == "und"


def test_the_declared_language_cannot_overrule_the_text() -> None:
    assert language.detect(FRENCH, "en").code == "fr"


def test_the_declared_language_settles_what_the_text_leaves_open() -> None:
    either = "Semua orang dilahirkan merdeka dan mempunyai martabat dan hak yang sama."
    assert language.detect(either, "id-ID").code == "id"
    assert language.detect(either, "ms").code == "ms"


def test_a_doubtful_text_is_undecided_and_no_declared_language_makes_it_another() -> None:
    doubtful = "Paris Roma Madrid"
    assert language.detect(doubtful).code == "und"
    assert language.detect(doubtful, "ja").code == "und"


def test_a_notice_in_another_language_that_stands_first_is_outvoted() -> None:
    notice = "We use cookies to improve your experience. Accept all cookies or manage settings.\n"
    assert language.detect(notice * 4 + FRENCH * 20).code == "fr"


def test_what_only_follows_in_another_language_does_not_win() -> None:
    assert language.detect(TEXTS["en"] * 30 + FRENCH * 5).code == "en"


def test_sixty_languages_and_more_can_be_answered() -> None:
    assert len(language.languages()) >= 60
    assert language.UNDECIDED not in language.languages()
