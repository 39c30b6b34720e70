"""The docs name nothing that does not exist; the operator's guide works as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from prometheus_client.metrics import MetricWrapperBase
from typer.testing import CliRunner

from connectors.state.password import PASSWORD_FILE
from newsline.announce import PARENT
from newsline.broker import OVERHEAD_BYTES, connect
from newsline.broker.kafka import security
from newsline.cli import app, last_run, options
from newsline.outcomes import Reason
from newsline.records import RAW_TOPIC, TOPICS
from newsline.sandbox import environment
from newsline.service import metrics, status_metrics
from newsline.service.access import TOKEN_FILE
from newsline.service.hosts import HOSTS
from newsline.topics import contents, create
from newsline.topics.dead_letters.open_count import OpenDeadLetters
from pipeline.flink.callers import CALLERS
from tests.support.cli_commands import parameters
from tests.support.example_dead_letters import put_letter
from tests.support.example_records import enriched_article, enriched_message

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "deploy" / "OPERATING.md").read_text()
TOPICS_GUIDE = (ROOT / "docs" / "how-to" / "kafka-topics.md").read_text()
REPLAY_GUIDE = (ROOT / "docs" / "how-to" / "replay-dead-letters.md").read_text()
ROWS = [line for line in GUIDE.splitlines() if line.startswith("| `")]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "deploy").glob("*.md")),
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page.parent.name != "adr"),
]
"""Decisions may name what was given up."""

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def row(name: str) -> list[str]:
    """The cells of the guide's one table row that begins with the name."""
    (found,) = [line for line in ROWS if line.startswith(f"| `{name}`")]
    return [cell.strip() for cell in found.strip("|").split(" | ")]


def block(language: str, text: str) -> str:
    """The text's one code block in the language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return str(found)


@each_page
def test_docs_name_no_option_that_does_not_exist(page):
    flags = {flag for _, parameter in parameters() for flag in parameter.opts}
    flags |= {"--help", "--version"}
    assert set(re.findall(r"`(--[a-z-]+)`", page.read_text())) <= flags


@each_page
def test_docs_name_no_environment_variable_that_does_not_exist(page):
    variables = {str(parameter.envvar) for _, parameter in parameters()}
    variables |= {PARENT, PASSWORD_FILE, *security.VARIABLES, security.PREFIX}
    variables |= {environment.CONFINE, environment.ENRICHERS, HOSTS, CALLERS, TOKEN_FILE}
    assert set(re.findall(r"NEWSLINE_[A-Z_]+", page.read_text())) <= variables


@each_page
def test_docs_name_no_metric_that_does_not_exist(page):
    known = {
        name
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
        for family in metric.describe()
        for name in (family.name, f"{family.name}_total", f"{family.name}_bucket")
    }
    known |= status_metrics.NAMES
    named = set(re.findall(r"newsline_[a-z_]+", page.read_text()))
    assert {name for name in named if name.count("_") > 1 or name in known} <= known


@pytest.mark.parametrize("path", ["/", "/version", "/metrics", "/livez", "/readyz"])
def test_the_guide_has_each_status_endpoint(path):
    assert row(path)


def test_the_settings_file_in_the_reference_is_a_good_one(tmp_path):
    path = tmp_path / "newsline.toml"
    path.write_text(block("toml", (ROOT / "docs" / "reference" / "environment.md").read_text()))
    with typer.main.get_command(app).make_context("newsline", ["topics"]) as context:
        assert options.load(str(path), context).keys() == {"poll", "enrich", "topics"}


def test_the_guide_to_topics_has_the_limits_that_follow_from_the_contract():
    limits = [str(limit + OVERHEAD_BYTES) for limit in map(create.MAX_BYTES.get, TOPICS)]
    rows = TOPICS_GUIDE.splitlines()
    (shown,) = [line for line in rows if line.startswith("| `max.message.bytes`")]
    assert re.findall(r"\d{6,}", shown) == sorted(set(limits))


def test_the_replay_guide_s_commands_do_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    reasons = (Reason.UNKNOWN_SCHEMA, Reason.INVALID, Reason.NOT_A_RECORD)
    commands = re.findall(r"^ +newsline (dead-letter .*)$", REPLAY_GUIDE, re.MULTILINE)
    with connect("embedded:data/broker.db") as broker:
        contents.ensure(broker)
        places = [put_letter(broker, n, "decode", each) for n, each in enumerate(reasons)]
        last_run.write("embedded:data/broker.db")
        for command in commands:
            arguments = command.replace("0:0", str(places[0])).partition(" > ")[0].split()
            done = CliRunner().invoke(app, arguments)
            assert done.exit_code == 0, done.output
        assert [each.value for each in contents.latest(broker, RAW_TOPIC, 9)] == [b"original 0"]
        assert OpenDeadLetters(broker).read() == {("decode", "invalid"): 1}


@pytest.mark.parametrize(
    ("page", "line"),
    [("README.md", "Harbour {} reopens []"), ("docs/tutorial.md", "en Harbour {} reopens")],
)
def test_the_example_of_a_consumer_prints_each_enriched_article(
    page, line, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    numbers = range(500)
    with connect("embedded:data/broker.db") as broker:
        contents.ensure(broker)
        articles = [enriched_article(n, title=f"Harbour {n} reopens") for n in numbers]
        broker.producer("test").commit([enriched_message(each) for each in articles])
    exec(block("python", (ROOT / page).read_text()), {})
    printed = capsys.readouterr().out.splitlines()
    assert sorted(printed) == sorted(line.format(number) for number in numbers)
