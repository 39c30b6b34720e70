"""deploy/RUNBOOK.md: a section for each alert and for each finding of the verdict."""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from typer.testing import CliRunner

from connectors.state import FeedState, State
from newsline.broker import connect
from newsline.cli import app
from newsline.monitor.verdict import findings
from newsline.records import encode
from newsline.topics import contents
from tests.deploy.command_lines import found
from tests.deploy.expressions import ALERTS
from tests.deploy.files import DEPLOY
from tests.support.example_dead_letters import put_letter
from tests.support.example_records import raw_article, raw_message
from tests.support.feed_states import put

RUNBOOK = (DEPLOY / "RUNBOOK.md").read_text()
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^#)", RUNBOOK, re.MULTILINE | re.DOTALL))
NAMES = sorted({rule["alert"] for rule in ALERTS})


def test_it_has_no_alert_that_does_not_exist():
    assert {name for name in SECTIONS if name.startswith("Newsline")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_alert_has_what_one_sees_and_what_to_do(name):
    assert "**You see**" in SECTIONS[name]
    assert "**Do**" in SECTIONS[name]


@pytest.mark.parametrize("name", findings())
def test_each_finding_of_the_verdict_has_a_section(name):
    anchors = {re.sub(r"\W+", "-", title.lower()) for title in SECTIONS}
    assert findings()[name].runbook in anchors


LOOKS = ("status", "topics", "feeds ", "tail ", "dead-letter")
"""The commands that need no job on Flink and end by themselves."""

COMMANDS = sorted(
    {
        " ".join(line.words)
        for line in found()
        if line.where == "deploy/RUNBOOK.md" and " ".join(line.words).startswith(LOOKS)
    }
)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The place of a dead letter; the broker and the state are those of the environment."""
    monkeypatch.setenv("NEWSLINE_BROKER", f"embedded:{tmp_path / 'broker.db'}")
    monkeypatch.setenv("NEWSLINE_STATE", str(tmp_path / "state.db"))
    with closing(State(str(tmp_path / "state.db"))) as state:
        put(state, FeedState("https://a.example/rss", last_outcome="ok"))
    with connect(f"embedded:{tmp_path / 'broker.db'}") as broker:
        contents.ensure(broker)
        broker.producer("test").commit([raw_message(raw_article(1))])
        put_letter(broker, 2, "decode", "not_a_record")
        return put_letter(broker, 1, "enrich", "deadline", original=encode(raw_article(1)))


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_that_looks_runs(command, place):
    words = command.replace("0:7", str(place)).split()
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0 or (words == ["status"] and "degraded" in done.stdout), done.stderr
