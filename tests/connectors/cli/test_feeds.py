import time
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


def resumed(tmp_path, option: str) -> tuple[str, State]:
    """What `feeds resume` says of a state with a feed that is well, one that fails, a retired one
    and one off the list."""
    path = str(tmp_path / "state.db")
    state = State(path)
    failing = GONE._replace(last_outcome="connect")
    put(state, FeedState("https://off.example/rss", failures=1, next_poll=9e9))
    put(
        state,
        FeedState("https://well.example/rss", next_poll=9e9),
        failing._replace(url="https://one.fails.example/rss"),
        failing._replace(url="https://two.fails.example/rss"),
        GONE._replace(url="https://gone.example/rss"),
    )
    done = CliRunner().invoke(app, ["feeds", "resume", option, "--state", path])
    assert done.exit_code == 0, done.output
    return done.stdout, state


def due(state: State) -> set[str]:
    now = time.time() + 60
    urls = [f"https://{name}.example/rss" for name in ("off", "well", "one.fails", "gone")]
    return {url for url in urls if state.feed(url).next_poll < now}


def test_all_failing_and_retired_feeds_are_resumed_and_no_others(tmp_path):
    said, state = resumed(tmp_path, "--failing")
    with closing(state):
        assert said == "3 feeds of 3 sites: due now\n"
        assert due(state) == {"https://one.fails.example/rss", "https://gone.example/rss"}
        feed = state.feed("https://gone.example/rss")
        assert (feed.failures, feed.why) == (0, "resumed by hand")


def test_all_listed_feeds_are_resumed(tmp_path):
    said, state = resumed(tmp_path, "--all")
    with closing(state):
        assert said == "4 feeds of 4 sites: due now\n"
        assert "https://off.example/rss" not in due(state)
        assert len(due(state)) == 3


def test_many_feeds_are_spread_over_minutes(tmp_path):
    path = str(tmp_path / "state.db")
    feeds = [GONE._replace(url=f"https://a.example/{n}", id=0) for n in range(400)]
    with closing(State(path)) as state:
        put(state, *feeds)
        done = CliRunner().invoke(app, ["feeds", "resume", "--all", "--state", path])
        times = [feed.next_poll for feed in state.feeds()]
    assert done.stdout == "400 feeds of 1 site: due within 5 min\n"
    assert 295 < max(times) - min(times) <= 300


@pytest.mark.parametrize("options", [[], ["--all", "--failing"], [URL, "--all"]])
def test_what_is_to_be_resumed_is_said_once(tmp_path, options):
    done = CliRunner().invoke(app, ["feeds", "resume", *options, "--state", str(tmp_path / "x.db")])
    assert done.exit_code == 1
    assert done.stderr == "newsline: give the URL of one feed, or --failing, or --all\n"


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
