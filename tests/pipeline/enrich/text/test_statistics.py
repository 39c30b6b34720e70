from __future__ import annotations

from pipeline.enrich.text import statistics


def test_words_sentences_and_paragraphs_are_counted() -> None:
    counted = statistics.count("Mr. Doe's ship came in. It left!\n\nNobody saw 1,200 tons.", "en")
    assert (counted.words, counted.sentences, counted.paragraphs) == (11, 3, 2)


def test_reading_takes_as_long_as_the_language_takes() -> None:
    text = "word " * 228
    assert statistics.count(text, "en").reading_seconds == 60
    assert statistics.count(text, "fi").reading_seconds > 60


def test_chinese_characters_are_its_words() -> None:
    counted = statistics.count("香港大学的教授说。" * 51, "zh")
    assert counted.words == 8 * 51
    assert counted.reading_seconds == 96


def test_an_empty_looking_text_counts_nothing() -> None:
    counted = statistics.count("\n", "und")
    assert (counted.words, counted.sentences, counted.paragraphs) == (0, 0, 0)
    assert counted.characters == 1
