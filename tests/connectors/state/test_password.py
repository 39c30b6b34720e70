"""PostgreSQL's password comes from a file, which may change while connectors run."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from connectors.state import State, StateError
from connectors.state.password import PASSWORD_FILE
from newsline.errors import OperatorError
from tests.support.postgres import STRANGER, PostgresServer


@pytest.fixture
def password_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "password"
    monkeypatch.setenv(PASSWORD_FILE, str(file))
    return file


@pytest.fixture
def address(postgres: PostgresServer) -> str:
    """A database whose owner must give a password."""
    address = postgres.new_database()
    database = address.rpartition("/")[2]
    with psycopg.connect(postgres.address(), autocommit=True) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {STRANGER}")
        connection.execute(f"CREATE ROLE {STRANGER} LOGIN PASSWORD 'first'")
        connection.execute(f"ALTER DATABASE {database} OWNER TO {STRANGER}")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"GRANT ALL ON SCHEMA public TO {STRANGER}")
    return postgres.address(database, STRANGER)


def test_the_password_is_in_a_file_and_can_be_renewed(
    postgres: PostgresServer, address: str, password_file: Path
):
    password_file.write_text("first\n")
    with closing(State(address)):
        pass
    with psycopg.connect(postgres.address(), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {STRANGER} PASSWORD 'second'")
    with pytest.raises(StateError, match="password authentication failed"):
        State(address)
    password_file.write_text("second")
    with closing(State(address)):
        pass


def test_a_file_that_is_missing_is_named(password_file: Path):
    with pytest.raises(OperatorError) as refused:
        State("postgresql://newsline@127.0.0.1:1/newsline")
    assert str(refused.value) == f"{PASSWORD_FILE} {password_file}: No such file or directory"


def test_two_passwords_are_refused_and_neither_is_shown(password_file: Path):
    password_file.write_text("one")
    with pytest.raises(OperatorError) as refused:
        State("postgresql://newsline:other@127.0.0.1:1/newsline")
    assert str(refused.value) == (
        f"--state has a password, and {PASSWORD_FILE} is set: leave one out"
    )


def test_a_file_of_sqlite_needs_no_password(password_file: Path, tmp_path: Path):
    with closing(State(str(tmp_path / "state.db"))):
        assert not password_file.exists()
