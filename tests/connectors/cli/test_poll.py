"""The messages of ``newsline poll`` at its start and at the end of ``--once``."""

from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from newsline.cli import app
from tests.support.command import without_times
from tests.support.news_site import Site, page, rss

UNKNOWN = "newsline: warning: publishers cannot reach you"


@pytest.mark.parametrize(
    ("options", "warned"),
    [
        ([], True),
        (["--contact", "https://example.org/bot"], False),
        (["--allow", "127.0.0.1"], False),
        (["--allow", "127.0.0.2"], True),
    ],
)
def test_who_polls_strangers_without_a_contact_is_warned_in_one_line(
    tmp_path, monkeypatch, options, warned
):
    monkeypatch.chdir(tmp_path)
    polled = ["poll", "http://127.0.0.1:9/feed", "--once", "--status", "127.0.0.1:0", *options]
    done = invoke(polled)
    assert done.exit_code == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith(UNKNOWN)]
    assert len(lines) == warned


def test_status_endpoints_for_everyone_are_refused_in_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    url = "http://127.0.0.1:9/feed"
    done = invoke(["poll", url, "--once", "--contact", "me@example.org", "--status", "0.0.0.0:0"])
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert "--status-token" in line
    assert "--behind-proxy" in line


SITE = {
    "/feed": (200, "application/rss+xml", rss([])),
    "/page": (200, "text/html", page("A page", [])),
}


def invoke(words):
    """The outcome of the command, without the times of its lines."""
    done = CliRunner().invoke(app, words)
    return SimpleNamespace(exit_code=done.exit_code, stderr=without_times(done.stderr))


def polled_once(tmp_path, monkeypatch, *paths):
    """What ``poll --once`` said of these of the site, and the site's URL."""
    monkeypatch.chdir(tmp_path)
    with Site(SITE.get) as site:
        tables = [f'[[feed]]\nurl = "{site.url}/{path}"\n' for path in paths]
        (tmp_path / "feeds.toml").write_text("".join(tables))
        words = ["poll", "feeds.toml", "--once", "--status", "127.0.0.1:0", "--allow", site.host]
        return invoke(words), site.url


def test_once_says_of_each_feed_that_failed_what_it_came_to(tmp_path, monkeypatch):
    done, url = polled_once(tmp_path, monkeypatch, "feed", "page", "missing")
    assert done.exit_code == 0
    greeting, *failed = done.stderr.splitlines()
    assert greeting.startswith("polling 3 feeds to ")
    page, missing = sorted(failed, reverse=True)
    assert page.startswith(f"newsline: {url}/page: not_a_feed")
    assert missing.startswith(f"newsline: {url}/missing: not_found")


def test_once_fails_where_no_feed_could_be_read(tmp_path, monkeypatch):
    done, url = polled_once(tmp_path, monkeypatch, "page")
    assert done.exit_code == 1
    greeting, failed = done.stderr.splitlines()
    assert greeting.startswith("polling 1 feed to ")
    assert failed.startswith(f"newsline: {url}/page: not_a_feed")


def test_once_says_nothing_more_where_all_is_well(tmp_path, monkeypatch):
    done, _ = polled_once(tmp_path, monkeypatch, "feed")
    assert (done.exit_code, done.stderr.count("\n")) == (0, 1)


@pytest.mark.parametrize("ages", ["522w", "1h,9999999999999999999999w", f"{'9' * 400}s"])
def test_ages_of_over_ten_years_are_one_line(tmp_path, monkeypatch, ages):
    monkeypatch.chdir(tmp_path)
    polled = ["poll", "http://127.0.0.1:9/feed", "--once", f"--revisit={ages}"]
    done = invoke(polled)
    assert done.exit_code == 1
    assert done.stderr.endswith("has an age of over ten years: give less\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("ages", ["soon", "1h;6h", "1", "0h", "-1h", "1h,6x"])
def test_ages_that_are_none_are_one_line(tmp_path, monkeypatch, ages):
    monkeypatch.chdir(tmp_path)
    polled = ["poll", "http://127.0.0.1:9/feed", "--once", f"--revisit={ages}"]
    done = invoke(polled)
    assert done.exit_code == 1
    assert f"--revisit {ages!r} is not AGE,AGE…" in done.stderr
    assert done.stderr.count("\n") == 1


def test_articles_are_looked_at_again_at_the_ages_that_are_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    polled = ["poll", "http://127.0.0.1:9/feed", "--once", "--status", "127.0.0.1:0"]
    done = invoke([*polled, "--revisit", "30m, 6h,1d"])
    assert "http://127.0.0.1:9/feed: address_refused" in done.stderr


def test_a_state_at_another_database_is_an_error_before_anything_is_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    polled = ["poll", "http://127.0.0.1:9/feed", "--once", "--state", "mysql://db.example/x"]
    done = invoke(polled)
    assert done.exit_code != 0
    assert list(tmp_path.iterdir()) == []
