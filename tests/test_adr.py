"""Architecture decisions: their form, their index, and links between superseded ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "docs" / "adr"
INDEX = (FOLDER / "README.md").read_text()
DECISIONS = sorted(FOLDER.glob("[0-9]*.md"))
FORM = re.compile(
    r"# (?P<number>\d{4})\. .+\n\nStatus: (?P<status>.+)\n\nDate: (?P<date>\d{4}-\d\d-\d\d)\n"
    r"(?:\nSupersedes: (?P<supersedes>.+)\n)?\n## Context\n"
)
SUPERSEDED = re.compile(r"superseded (?:in part )?by \[\d{4}\]\((?P<file>.+)\)")


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name)
def test_a_decision_has_number_status_date_and_sections(path):
    text = path.read_text()
    head = FORM.match(text)
    assert head
    assert path.name.startswith(f"{head['number']}-")
    assert "\n## Decision\n" in text
    assert "\n## Consequences\n" in text
    assert head["status"] == "accepted" or SUPERSEDED.fullmatch(head["status"])


def test_numbers_follow_the_dates_and_have_no_gap():
    heads = [FORM.match(path.read_text()) for path in DECISIONS]
    assert [int(head["number"]) for head in heads] == list(range(1, len(heads) + 1))
    dates = [head["date"] for head in heads]
    assert dates == sorted(dates)


def test_the_index_lists_each_decision_with_its_title_and_status():
    rows = dict(re.findall(r"^\| \[.+?\]\((\d.+?\.md)\) \| (.+) \|$", INDEX, re.MULTILINE))
    assert sorted(rows) == [path.name for path in DECISIONS]
    for path in DECISIONS:
        head = FORM.match(path.read_text())
        title = path.read_text().split("\n", 1)[0].removeprefix("# ")
        assert f"| [{title}]({path.name}) |" in INDEX
        assert rows[path.name] == f"{head['date']} | {head['status']}"


def test_superseded_decisions_are_linked_both_ways():
    forward = set()
    for path in DECISIONS:
        if found := SUPERSEDED.fullmatch(FORM.match(path.read_text())["status"]):
            forward.add((path.name, found["file"]))
    backward = {
        (older, path.name)
        for path in DECISIONS
        for older in re.findall(
            r"\((\d.+?\.md)\)", FORM.match(path.read_text())["supersedes"] or ""
        )
    }
    assert forward == backward
