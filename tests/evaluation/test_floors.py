"""What ``make quality`` measured stays true, within a little, and the documents say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks import extraction as pages
from evaluation import entities, extraction, language, topics, udhr
from evaluation.scores import FLOORS, written
from tests.support.shared_data import needs
from tools.train.corpus import is_held_back

ROOT = Path(__file__).parents[2]


def test_each_floor_lies_a_little_below_what_was_measured() -> None:
    measured = written()
    assert all(0 < measured[key] - floor < 0.05 for key, floor in FLOORS.items())


def test_the_page_shows_every_score_that_was_written() -> None:
    page = (ROOT / "docs" / "reference" / "quality.md").read_text()
    for key, value in written().items():
        cells = key.split(" | ", 1)[1]
        assert re.search(re.escape(f"| {cells} | {value:.3f} |"), page), key


BENCHMARKS = "docs/reference/benchmarks.md"


@pytest.mark.parametrize("page", ["README.md", BENCHMARKS])
def test_the_pages_give_the_same_figures(page: str) -> None:
    text, measured = (ROOT / page).read_text(), written()
    f1 = measured["extraction | pages | newsline | F1"]
    assert "on 91 real pages" in text
    assert f"| {f1:.3f}".replace("0.", ".") in text
    first, second = (
        measured[f"tags | bbc-dev | newsline | {figure}"]
        for figure in ("first right", "among first two")
    )
    assert f"| {first:.0%}; {second:.0%} |".replace("%", " %") in text


def test_the_benchmarks_give_the_same_figures_of_entities() -> None:
    text, measured = (ROOT / BENCHMARKS).read_text(), written()
    ours = measured["entities | wikigold | newsline | F1"]
    alone = measured["entities | wikigold | spaCy, the model alone | F1"]
    assert f"| {ours:.2f} (the model alone {alone:.2f})".replace("0.", ".") in text


@needs("extraction")
def test_extraction_keeps_its_floor() -> None:
    each = [pages.matched(page.truth, pages.ours(page.html, page.url)) for page in pages.pages()]
    assert pages.score(each).f1 >= FLOORS["extraction | pages | newsline | F1"]


@pytest.mark.parametrize("data", ["WCXB", "made pages"])
def test_extraction_keeps_its_floor_on_pages_that_it_was_not_made_on(data: str) -> None:
    if data not in extraction.sets():
        pytest.skip(f"{data}: no data")
    pages = extraction.sets()[data]
    words = extraction.figures(pages, extraction.ours(pages))["F1 of words"]
    assert words >= FLOORS[f"extraction | {data} | newsline | F1 of words"]


def test_no_page_is_lost_that_trafilatura_reads() -> None:
    lost = {key: value for key, value in written().items() if key.endswith("pages lost")}
    assert lost
    assert set(lost.values()) == {0}


def test_languages_of_example_sentences_keep_their_floor() -> None:
    _, precise = language.judged(language.examples(), language.ours)
    assert precise >= FLOORS["language | examples | newsline | right of answers"]


@pytest.mark.skipif(not udhr.CACHE.exists(), reason="make quality has not fetched the declarations")
def test_languages_of_twenty_words_keep_their_floors() -> None:
    right, precise = language.judged(language.passages(20), language.ours)
    name = "language | declarations, 20 words | newsline"
    assert right >= FLOORS[f"{name} | answered right"]
    assert precise >= FLOORS[f"{name} | right of answers"]


@needs("entities")
def test_entities_keep_their_floor() -> None:
    f1, *_ = entities.measured(entities.texts("wikigold"), entities.markers()["newsline"])
    assert f1 >= FLOORS["entities | wikigold | newsline | F1"]


@needs("topics")
def test_topic_tags_keep_their_floors() -> None:
    found = topics.tagged(topics.bbc())
    assert topics.within(found, 1) >= FLOORS["tags | bbc-dev | newsline | first right"]
    assert topics.within(found, 2) >= FLOORS["tags | bbc-dev | newsline | among first two"]
    assert topics.expected_error(found) < 0.04
    headlines = topics.tagged(topics.huffpost())
    floor = FLOORS["tags | huffpost, held out | newsline | first right"]
    assert topics.within(headlines, 1) >= floor
    assert topics.expected_error(headlines) < 0.06


@needs("topics")
def test_every_held_out_headline_and_no_more_than_a_fifth_is_measured_with() -> None:
    every = list(topics._lines("huffpost"))
    share = sum(is_held_back(line["url"]) for line in every) / len(every)
    assert share == pytest.approx(3 / 16, abs=0.02)


def test_the_expected_error_is_nothing_where_confidence_and_share_right_agree() -> None:
    right, wrong = ("a", [("a", 0.75)]), ("b", [("a", 0.75)])
    assert topics.expected_error([right] * 3 + [wrong]) == pytest.approx(0)
    assert topics.expected_error([wrong]) == pytest.approx(0.75)
