"""What ``newsline poll`` says when it starts."""

import pytest
from typer.testing import CliRunner

from pipeline.cli import app

UNKNOWN = "newsline: warning: publishers cannot see who asks"


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
    done = CliRunner().invoke(app, polled)
    assert done.exit_code == 0
    lines = [line for line in done.stderr.splitlines() if line.startswith(UNKNOWN)]
    assert len(lines) == warned


@pytest.mark.parametrize("ages", ["soon", "1h;6h", "1", "0h", "-1h", "1h,6x"])
def test_ages_that_are_none_are_one_line(tmp_path, monkeypatch, ages):
    monkeypatch.chdir(tmp_path)
    polled = ["poll", "http://127.0.0.1:9/feed", "--once", f"--revisit={ages}"]
    done = CliRunner().invoke(app, polled)
    assert done.exit_code == 1
    assert f"--revisit {ages!r} is not AGE,AGE…" in done.stderr
    assert done.stderr.count("\n") == 1


def test_articles_are_looked_at_again_at_the_ages_that_are_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    polled = ["poll", "http://127.0.0.1:9/feed", "--once", "--status", "127.0.0.1:0"]
    done = CliRunner().invoke(app, [*polled, "--revisit", "30m, 6h,1d"])
    assert done.exit_code == 0
