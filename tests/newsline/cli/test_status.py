import json
import sqlite3
from contextlib import closing

import pytest

from connectors.state import State
from newsline.broker import connect
from newsline.topics import contents
from tests.support.command import newsline
from tests.support.example_records import raw_article, raw_message


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def address(tmp_path):
    return f"embedded:{tmp_path / 'broker.db'}"


def test_one_look_needs_no_process_and_names_a_job_that_does_not_run(address):
    with connect(address) as broker:
        contents.ensure(broker)
        broker.producer("test").commit([raw_message(raw_article(n)) for n in range(3)])
        long_ago(broker)
    done = newsline("status", "--broker", address)
    assert done.returncode == 2
    first, *others = done.stdout.splitlines()
    assert first.startswith("broken: The job does not commit: 3 records wait, the oldest for")
    assert [line.split()[0] for line in others[:2]] == ["stage:", "next:"]
    assert "no state at data/state.db" in done.stderr


def test_a_broker_that_does_not_answer_is_broken_with_exit_code_2():
    done = newsline("status", "--broker", "kafka://127.0.0.1:1", "--json")
    status = json.loads(done.stdout)
    assert done.returncode == 2
    assert status["schema"] == "newsline.status/1"
    assert status["verdict"]["stage"] == "broker"
    assert status["snapshot"]["broker"] is None


def test_a_locked_state_is_named_although_no_state_was_given(tmp_path, address):
    with connect(address) as broker:
        contents.ensure(broker)
    place = tmp_path / "data" / "state.db"
    place.parent.mkdir()
    State(str(place)).close()
    with closing(sqlite3.connect(place)) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = newsline("status", "--broker", address)
    assert done.returncode == 2
    assert done.stdout.startswith("broken: The connector's state cannot be used: ")
    assert "locked" in done.stdout


def test_a_process_that_does_not_answer_is_exit_code_2_and_one_line():
    done = newsline("status", "http://127.0.0.1:1/")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("newsline: http://127.0.0.1:1/status.json does not answer: ")
    assert done.stderr.count("\n") == 1


def long_ago(broker):
    """Make the records on news.raw ten minutes old."""
    with broker.transaction() as connection:
        connection.execute("UPDATE records SET timestamp = timestamp - 600")
