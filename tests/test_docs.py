"""The operator's guide names everything that there is, and nothing that there is not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import typer
from prometheus_client.metrics import MetricWrapperBase

from connectors.poll.report import FeedReport
from newsline.announce import PARENT
from newsline.broker import OVERHEAD_BYTES, Message, Record, connect
from newsline.broker.kafka import security
from newsline.cli import app, options
from newsline.outcomes import (
    EntryOutcome,
    FetchOutcome,
    PageOutcome,
    PollOutcome,
    Reason,
    RevisitOutcome,
    Stage,
    WebSubOutcome,
)
from newsline.records import DEAD_LETTER_TOPIC, RAW_TOPIC, encode
from newsline.service import metrics
from newsline.topics import contents, create
from newsline.trace.events import Event
from pipeline.beam.outcome import dead_letter
from tests.support.cli_commands import commands, parameters

GUIDE = (Path(__file__).parent.parent / "deploy" / "OPERATING.md").read_text()
ROWS = [line for line in GUIDE.splitlines() if line.startswith("| `")]

METRICS = {
    family.name + ("_total" if family.type == "counter" else ""): labels
    for metric in vars(metrics).values()
    if isinstance(metric, MetricWrapperBase)
    for family, labels in [(next(iter(metric.describe())), metric._labelnames)]
}
PARAMETERS = [
    pytest.param(name, parameter, id=f"{name} {parameter.name}") for name, parameter in parameters()
]


def row(name: str) -> list[str]:
    """The cells of the one table row that begins with the name."""
    (found,) = [line for line in ROWS if line.startswith(f"| `{name}`")]
    return [cell.strip() for cell in found.strip("|").split(" | ")]


def block(language: str) -> str:
    """The guide's one code block in the language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    return str(found)


def shown_name(parameter) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar)
    return max(parameter.opts, key=len)


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_the_guide_has_each_option_with_variable_command_and_default(name, parameter):
    _, variable, where, default, meaning = row(shown_name(parameter))
    assert variable == (f"`{parameter.envvar}`" if parameter.envvar else "") or not parameter.envvar
    command = name.removeprefix("newsline").strip()
    assert (command in where.split(" (")[0].split(", ")) if command else where.startswith("all")
    if parameter.required:
        assert meaning
    elif parameter.show_default is True and parameter.default is not False:
        assert f"`{getattr(parameter.default, 'value', parameter.default)}`" in default
    elif parameter.default is False:
        assert default == "off"
    else:
        assert str(parameter.show_default) in default


def test_the_guide_has_each_command():
    invoked = [
        name for name, command in commands() if getattr(command, "invoke_without_command", True)
    ]
    assert all(row(name) for name in invoked)


def test_the_guide_has_no_option_and_no_variable_that_does_not_exist():
    flags = {flag for _, parameter in parameters() for flag in parameter.opts}
    assert set(re.findall(r"`(--[a-z-]+)`", GUIDE)) <= flags
    variables = {str(parameter.envvar) for _, parameter in parameters()} - {"None"}
    variables |= {PARENT, *security.VARIABLES}
    assert set(re.findall(r"NEWSLINE_[A-Z_]+", GUIDE)) == variables


@pytest.mark.parametrize("name", METRICS)
def test_the_guide_has_each_metric_with_its_labels(name):
    _, labels, meaning = row(name)
    assert set(re.findall(r"`([a-z]+)`", labels.split(" (")[0])) == set(METRICS[name])
    assert meaning


def test_the_guide_has_no_metric_that_does_not_exist():
    assert set(re.findall(r"newsline_[a-z_]+", GUIDE)) == set(METRICS)


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("### Of a poll", PollOutcome),
        ("### Of a page", PageOutcome),
        ("### Of an entry", EntryOutcome),
        ("### Of a revisit", RevisitOutcome),
        ("### Of fetching", FetchOutcome),
        ("### Of a hub", WebSubOutcome),
        ("### Of a dead letter", [*Stage, *Reason]),
    ],
)
def test_the_guide_has_each_outcome_in_its_place(heading, values):
    section = GUIDE.split(heading)[1].split("\n#")[0]
    named = re.findall(r"^\| `([a-z_]+)` \| .+ \|$", section, re.MULTILINE)
    assert named == [str(value) for value in values]


@pytest.mark.parametrize("path", ["/", "/metrics", "/livez", "/readyz"])
def test_the_guide_has_each_status_endpoint(path):
    assert row(path)


def test_the_guides_settings_file_is_a_good_one(tmp_path):
    path = tmp_path / "newsline.toml"
    path.write_text(block("toml"))
    with typer.main.get_command(app).make_context("newsline", ["topics"]) as context:
        assert options.load(str(path), context).keys() == {"poll", "enrich", "topics"}


def test_the_guide_has_the_limits_that_follow_from_the_contract():
    limits = [str(limit + OVERHEAD_BYTES) for limit in create.MAX_BYTES.values()]
    (shown,) = [line for line in ROWS if line.startswith("| `max.message.bytes`")]
    assert re.findall(r"\d{6,}", shown) == sorted(set(limits))


def test_the_guides_replay_publishes_the_originals_of_the_chosen_dead_letters(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with connect("embedded:data/broker.db") as broker:
        contents.ensure(broker)
        for number, reason in enumerate((Reason.UNKNOWN_SCHEMA, Reason.INVALID)):
            original = Record(number, b"key", f"original {number}".encode(), 0.0)
            letter = dead_letter(_partition(), original, Stage.DECODE, reason, "as it was")
            message = Message(DEAD_LETTER_TOPIC, b"key", encode(letter))
            broker.producer("test").commit([message])
        exec(block("python"), {})
        assert [each.value for each in contents.latest(broker, RAW_TOPIC, 9)] == [b"original 0"]


def _partition():
    from pipeline.beam.claims import Partition

    return Partition("embedded:data/broker.db", "group", RAW_TOPIC, 0)


def test_the_guide_has_each_field_of_a_feeds_status_in_its_order():
    section = GUIDE.split("## How a feed is")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE) == [
        *FeedReport.__struct_fields__
    ]


def test_the_guide_has_each_event_of_a_trace_with_its_fields():
    section = GUIDE.split("## What happened to an article")[1].split("\n## ")[0]
    shown = {
        name: re.findall(r"`([a-z_]+)`", fields)
        for name, fields in re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", section, re.MULTILINE)
    }
    assert shown == {
        str(event.__struct_config__.tag): list(event.__struct_fields__) for event in get_args(Event)
    }
