"""Each cell of the runners' table names a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "reference" / "runners.md").read_text()
TESTS = re.findall(r"^(\d+)\. `(tests/\S+)::(\w+)`$", TEXT, re.MULTILINE)
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ")][2:]
NEEDS_NONE = ("as DirectRunner", "none needed", "no", "not measured")


@pytest.mark.parametrize(("number", "file", "test"), TESTS)
def test_a_test_that_the_table_names_exists(number, file, test):
    assert f"def {test}(" in (ROOT / file).read_text()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:30])
def test_each_cell_is_backed_by_a_test_or_says_that_it_is_not(row):
    listed = {number for number, _, _ in TESTS} | {"11"}
    for cell in map(str.strip, row.strip("|").split("|")[1:]):
        numbers = re.findall(r"\d+(?=[,)])", cell.rpartition("(")[2])
        assert cell in NEEDS_NONE or (numbers and set(numbers) <= listed), cell
