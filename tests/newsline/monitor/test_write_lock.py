"""A SQLite file whose write lock another program holds cannot be written, though it can be read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from newsline.errors import OperatorError
from newsline.monitor import write_lock
from newsline.monitor.write_lock import check_write_lock, with_write_lock


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(write_lock, "LOCK_SECONDS", 0.1)
    path = tmp_path / "a file #1.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE one (number)")
        yield path


def test_a_locked_file_is_a_problem_until_the_lock_is_given_back(file):
    read = with_write_lock(lambda: "read", file)
    assert read() == "read"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OperatorError, match="is locked by another program"):
            read()
        other.execute("ROLLBACK")
    assert read() == "read"


def test_a_file_that_was_moved_while_in_use_is_a_problem_until_it_is_back(file):
    read = with_write_lock(lambda: "read", file)
    away = file.rename(file.with_suffix(".away"))
    with pytest.raises(OperatorError, match="moved or deleted"):
        read()
    away.rename(file)
    assert read() == "read"


def test_readers_of_the_file_are_no_problem(file):
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT * FROM one").fetchall()
        check_write_lock(file)


def test_a_missing_file_is_not_created(tmp_path):
    check_write_lock(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_a_source_that_is_no_file_is_read_alone():
    def read() -> str:
        return "read"

    assert with_write_lock(read, None) is read
