"""Reference pages are what the code says, and nothing in the code goes without a text."""

from __future__ import annotations

from enum import StrEnum
from typing import get_args

import pytest
from msgspec import Struct
from prometheus_client.metrics import MetricWrapperBase

from connectors.poll.report import FeedError, FeedReport, Hub
from newsline import outcomes, records
from newsline.attribute_docs import attribute_docs
from newsline.service import metrics
from newsline.trace.events import Event
from tools.reference.__main__ import BLOCKS, DOCS, stale
from tools.reference.blocks import fill, names, table
from tools.reference.cli import commands

OUTCOMES = [
    found
    for found in vars(outcomes).values()
    if isinstance(found, type) and issubclass(found, StrEnum) and found is not StrEnum
]
RECORDS = [
    *(FeedReport, FeedError, Hub),
    *get_args(Event),
    *(kind for kind in vars(records).values() if isinstance(kind, type(Struct)) and kind != Struct),
]


def test_each_page_is_up_to_date():
    assert [page.name for page, _ in stale()] == [], "run: make docs"


def test_each_block_is_on_a_page():
    assert {name for page in DOCS.rglob("*.md") for name in names(page.read_text())} == set(BLOCKS)


@pytest.mark.parametrize("values", OUTCOMES, ids=lambda values: values.__name__)
def test_each_outcome_has_a_text(values):
    assert set(attribute_docs(values)) >= {member.name for member in values}


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.__name__)
def test_each_field_of_a_record_has_a_text(record):
    assert set(attribute_docs(record)) >= set(record.__struct_fields__)


def test_each_metric_has_a_text():
    found = [each for each in vars(metrics).values() if isinstance(each, MetricWrapperBase)]
    assert found
    assert all(next(iter(metric.describe())).documentation for metric in found)


def test_each_command_and_each_option_has_a_text():
    for name, command in commands():
        assert command.help, name
        assert all(each.help for each in command.params if each.name != "help"), name


def test_a_block_is_filled_and_the_rest_of_its_page_stays():
    page = "before\n<!-- BEGIN one -->\nold\n<!-- END one -->\nafter\n"
    filled = fill(page, {"one": lambda: "new"})
    assert filled == "before\n<!-- BEGIN one -->\nnew\n<!-- END one -->\nafter\n"
    assert fill(filled, {"one": lambda: "new"}) == filled


def test_a_block_of_an_unknown_name_is_an_error():
    with pytest.raises(KeyError, match="two"):
        fill("<!-- BEGIN two -->\n<!-- END two -->", {})


def test_a_cell_is_one_line_without_bars():
    assert table(["A"], [["one\ntwo | three"]]) == "| A |\n|---|\n| one two \\| three |"


class Example:
    """A class with texts under its attributes."""


def test_a_text_under_an_attribute_is_found_in_bases_too():
    assert attribute_docs(FeedReport)["robots"].startswith("Entries whose page robots.txt")
    assert attribute_docs(Example) == {}
