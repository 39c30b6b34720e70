"""Rules of extraction, left out one at a time."""

from __future__ import annotations

from pathlib import Path

from connectors.extract import page_content
from evaluation import extraction, made_pages, rules

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "extraction-rules.md"


def test_each_rule_is_in_the_table():
    rows = [line.split("`")[1] for line in PAGE.read_text().splitlines() if line[:3] == "| `"]
    names = [rule.name for rule in rules.rules()]
    assert [row for row in rows if row in names] == names


def test_a_rule_is_left_out_and_is_back_afterwards():
    steps = page_content.STEPS
    rule = rules.rules()[0]
    with rules.without(rule):
        assert [step.__name__ for step in page_content.STEPS] == [
            step.__name__ for step in steps if step.__name__ != rule.name
        ]
    assert steps == page_content.STEPS


def test_made_pages_are_the_same_each_time_and_all_differ():
    pages = made_pages.pages()
    assert pages == made_pages.pages()
    assert len({page.html for page in pages}) == made_pages.PAGES


def test_the_text_of_a_made_page_is_on_it():
    for page in made_pages.pages()[: len(made_pages.BODIES)]:
        markup = page.html.decode()
        assert all(
            line.split("? ")[0].rsplit(" ", 1)[0] in markup for line in page.text.split("\n")
        )


def test_words_are_counted_as_often_as_they_are_there():
    assert extraction.word_f1("a bridge a", "A bridge") == 0.8
    assert extraction.word_f1("", "") == 1
    assert extraction.word_f1("a", "") == 0
