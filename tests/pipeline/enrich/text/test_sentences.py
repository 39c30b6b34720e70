from __future__ import annotations

import time

import pytest

from pipeline.enrich.text.sentences import sentences


@pytest.mark.parametrize(
    "expected",
    [
        [
            "Der Rat tagte.",
            "„Das ist gut“, sagte Bas.",
            "»Nein«, sagte Merz.",
            "‚Ja‘, sagt er.",
        ],
        ["„Das ist gut.“", "Er ging.", "»Nein.«", "Sie blieb."],
        ["Il part.", "« C'est nécessaire », dit-elle.", "« C'est fini. »", "Il revient."],
        ["Han gick.", "”Nej.”", "”Jo.”"],
        ["“Why?”", "He left.", '"No idea!"', "She left."],
        ["It is 5 p.m.", "The show began."],
        ["It belongs to Acme Inc.", "The company fell."],
        ["She came to the U.S.", "In May she left."],
        ["Mr. Brown met J. A. Smith of Acme Inc. at 5 p.m. Monday in the U.S. Senate."],
        ["Acme Inc. shares fell, and Acme Inc. Chief Executive Tom Brown left."],
    ],
)
def test_a_text_is_split_where_its_sentences_end(expected: list[str]) -> None:
    text = " ".join(expected)
    assert [text[start:end] for start, end in sentences(text)] == expected


@pytest.mark.parametrize("text", ["A." + "." * 80_000, '."' * 40_000, ". »" * 26_000])
def test_a_text_that_is_all_stops_takes_no_longer_than_another(text: str) -> None:
    started = time.process_time()
    list(sentences(text))
    assert time.process_time() - started < 2
