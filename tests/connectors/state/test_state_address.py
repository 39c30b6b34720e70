"""Which addresses of a state are understood; the others make no file."""

import pytest

from connectors.state import State, StateError
from connectors.state.engine import check_address


@pytest.mark.parametrize(
    "address",
    [
        "mysql://db.example/news",
        "postgresql+psycopg://ana:secret@db.example/news",
        "PostgreSQL://ana:secret@db.example/news",
        "postgre://ana:secret@db.example/news",
        "postgresql:news",
        "http://db.example/state",
        "sqlite:state.db",
        "sqlite:///state.db",
        "file:state.db",
        "db.example:5432/news",
        r"C:\newsline\state.db",
        "c:/newsline/state.db",
        "//db.example/news",
        '"postgresql://ana:secret@db.example/news"',
        "host=db.example dbname=news password=secret",
        "'data/state.db'",
        "//ana:secret@db.example/news",
        "$NEWSLINE_STATE",
        "data/${NAME}.db",
        "%STATE%",
        "{{ state }}",
        "<state>",
        "~/state.db",
        "",
        " ",
    ],
)
def test_an_address_of_another_kind_is_an_error_in_one_line_and_makes_no_file(
    tmp_path, monkeypatch, address
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StateError, match="is not understood: use a file") as error:
        State(address)
    assert "\n" not in str(error.value)
    assert "secret" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        "state.db",
        "data/state.db",
        "/var/lib/newsline/state.db",
        "./odd:name.db",
        "über uns/état 2.db",
        "100%.db",
        "../a@b,c=d.db",
        "postgresql://db.example/news",
        "postgres://ana:secret@db.example:5432/news?sslmode=require",
    ],
)
def test_a_path_and_a_url_of_postgresql_are_understood(address):
    check_address(address)
