from contextlib import closing

import pytest
from typer.testing import CliRunner

from connectors.state import FeedState, FeedValidators, LearnedRedirect, State
from newsline.cli import app
from tests.support.feed_states import put


def check(path):
    return CliRunner().invoke(app, ["feeds", "check", str(path)])


def test_a_good_list_is_counted(tmp_path):
    path = tmp_path / "feeds.toml"
    path.write_text('[[feed]]\nurl = "https://a.example/rss"\n[[feed]]\nurl = "https://b.example/"')
    done = check(path)
    assert (done.exit_code, done.stdout) == (0, f"{path}: 2 feeds\n")


def test_a_single_feed_is_counted_in_the_singular():
    assert check("https://a.example/rss").stdout == "https://a.example/rss: 1 feed\n"


def test_a_feed_that_is_listed_twice_is_named_and_no_error(tmp_path):
    path = tmp_path / "feeds.toml"
    path.write_text('[[feed]]\nurl = "https://a.example/rss"\n' * 2)
    done = check(path)
    assert done.exit_code == 0
    assert "listed more than once, polled once: https://a.example/rss" in done.stdout


def test_a_bad_list_is_an_error_with_line_and_reason(tmp_path):
    path = tmp_path / "feeds.toml"
    path.write_text('[[feed]]\nurl = "https://a.example/rss"\n\n[[feed]]\nurl = "ftp://b.example/"')
    done = check(path)
    assert done.exit_code == 1
    assert done.stderr == (
        "newsline: feeds.toml:5: 'ftp://b.example/' is not an http or https URL\n"
    )


URL = "https://a.example/rss"
GONE = FeedState(URL, next_poll=9e9, failures=3, last_outcome="gone", why="gone (410): retired")
MOVED = FeedState(
    URL,
    next_poll=9e9,
    title="A",
    validators=FeedValidators("1"),
    redirect=LearnedRedirect("https://b.example/"),
)


def amended(tmp_path, command, feed):
    """The feed's state after the command."""
    path = str(tmp_path / "state.db")
    with closing(State(path)) as state:
        put(state, feed)
        done = CliRunner().invoke(app, ["feeds", command, URL, "--state", path])
        assert done.exit_code == 0, done.output
        return state.feed(URL)._replace(id=0)


def test_a_retired_feed_is_resumed(tmp_path):
    feed = amended(tmp_path, "resume", GONE)
    assert feed == GONE._replace(failures=0, next_poll=0.0, why="resumed by hand")


def test_a_move_is_forgotten_and_nothing_else(tmp_path):
    feed = amended(tmp_path, "forget-move", MOVED)
    assert (feed.redirect, feed.validators) == (LearnedRedirect(), FeedValidators())
    assert (feed.next_poll, feed.title) == (0.0, "A")


@pytest.mark.parametrize("command", ["resume", "forget-move"])
def test_a_feed_that_was_never_polled_is_an_error_in_one_line(tmp_path, command):
    path = tmp_path / "state.db"
    for reason in ("no state at", "never polled"):
        done = CliRunner().invoke(app, ["feeds", command, URL, "--state", str(path)])
        assert done.exit_code == 1
        assert reason in done.stderr
        assert done.stderr.count("\n") == 1
        State(str(path)).close()


@pytest.mark.parametrize("command", ["resume", "forget-move"])
def test_a_feed_that_is_off_the_list_is_an_error_in_one_line(tmp_path, command):
    path = str(tmp_path / "state.db")
    with closing(State(path)) as state:
        put(state, GONE)
        state.enlist([])
        done = CliRunner().invoke(app, ["feeds", command, URL, "--state", path])
        assert state.feed(URL)._replace(id=0) == GONE
    assert done.exit_code == 1
    assert done.stderr.startswith(f"newsline: {URL}: not polled any more")
    assert done.stderr.count("\n") == 1


def test_a_feed_is_known_however_the_list_writes_its_url(tmp_path):
    path = str(tmp_path / "state.db")
    with closing(State(path)) as state:
        put(state, GONE)
    written = "https://A.example:443/rss#top"
    for command in (["resume", written], ["status", written]):
        done = CliRunner().invoke(app, ["feeds", *command, "--state", path])
        assert done.exit_code == 0, done.output
        assert URL in done.stdout
