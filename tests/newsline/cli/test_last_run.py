import json
from pathlib import Path

import pytest

from newsline.announce import PARENT
from newsline.broker import connect
from newsline.cli import last_run, options
from newsline.topics import contents
from tests.support.command import newsline
from tests.support.example_records import raw_article, raw_message


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def broker(path, title):
    """An embedded broker with one article on news.raw."""
    address = f"embedded:{path}"
    with connect(address) as connection:
        contents.ensure(connection)
        connection.producer("test").commit([raw_message(raw_article(1, title=title))])
    return address


def tail(*arguments, **environment):
    done = newsline("tail", "raw", *arguments, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[0][20:], done.stderr


def test_the_broker_of_the_last_run_is_read_and_named():
    last_run.write(broker("data/sample/one.db", "Sample"))
    assert tail() == (
        "Sample",
        "newsline: reading embedded:data/sample/one.db (the last run here)\n",
    )


def test_a_flag_the_environment_and_the_settings_file_win():
    last_run.write(broker("data/sample/one.db", "Sample"))
    other = broker("other.db", "Other")
    Path("settings.toml").write_text(f'[tail]\nbroker = "{other}"\n')
    assert tail("--broker", other) == ("Other", "")
    assert tail(NEWSLINE_BROKER=other) == ("Other", "")
    assert tail(NEWSLINE_CONFIG="settings.toml") == ("Other", "")


def test_without_a_run_the_default_is_read_silently():
    broker("data/broker.db", "Default")
    assert tail() == ("Default", "")


def test_a_run_whose_files_are_gone_does_not_count(capsys):
    last_run.write(broker("data/sample/one.db", "Sample"))
    Path("data/sample/one.db").unlink()
    assert last_run.broker("") == options.DEFAULT_BROKER
    assert capsys.readouterr().err == ""


def test_a_job_on_the_same_broker_keeps_the_connectors_state(capsys):
    Path("state.db").touch()
    last_run.write("kafka://a:9092", "state.db")
    last_run.write("kafka://a:9092")
    assert last_run.state("") == "state.db"
    assert capsys.readouterr().err == "newsline: reading state.db (the last run here)\n"
    last_run.write("kafka://b:9092")
    assert (last_run.broker(""), last_run.state("")) == ("kafka://b:9092", options.DEFAULT_STATE)


def test_a_database_s_address_is_not_written_for_it_may_hold_a_password():
    last_run.write("kafka://a:9092", "postgresql://me:secret@db/newsline")
    assert json.loads(last_run.FILE.read_text()) == {"broker": "kafka://a:9092", "state": ""}


def test_a_process_of_newsline_run_leaves_it_to_its_parent(monkeypatch):
    monkeypatch.setenv(PARENT, "1")
    last_run.write("kafka://a:9092")
    assert not last_run.FILE.exists()


def test_a_directory_that_cannot_be_written_is_no_reason_to_stop():
    Path("data").write_text("a file")
    last_run.write("kafka://a:9092")
    assert last_run.broker("") == options.DEFAULT_BROKER


def test_what_is_not_understood_does_not_count():
    last_run.FILE.parent.mkdir()
    last_run.FILE.write_text("{")
    assert last_run.broker("") == options.DEFAULT_BROKER
