"""tests/MAP.md: which test files exercise each module."""

from __future__ import annotations

import pytest

from tools import test_map

ROWS = {row.module: row for row in test_map.rows()}


def test_every_module_is_exercised_by_a_test():
    assert [name for name, row in ROWS.items() if not row.tests] == []


def test_the_page_is_up_to_date():
    assert test_map.PAGE.read_text() == test_map.page(), "run: make docs"


@pytest.mark.parametrize(
    ("module", "file"),
    [
        ("newsline.records", "newsline/test_records.py"),  # imported
        ("newsline.cli.run", "integration/test_run.py"),  # run as a command
        ("newsline.__main__", "newsline/cli/test_tail.py"),  # run with -m
        ("deploy.local.process", "deploy/local/test_process.py"),
    ],
)
def test_a_module_s_own_tests_are_among_its_files(module, file):
    assert file in ROWS[module].tests
    assert ROWS[module].through == ()


def test_a_module_that_no_test_imports_is_exercised_through_those_that_import_it():
    assert ROWS["newsline.trace.file_events"].through == ("newsline.cli.trace",)
