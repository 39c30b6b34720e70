"""Feeds made by mutation are read as an independent parser reads them, or better for a reason.

``python -m tools.conformance`` makes the expectations; tools/conformance/disagreements.toml has the
reasons.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from tools.conformance.expectations import read
from tools.conformance.feeds import made_feeds
from tools.conformance.made_feed import MadeFeed
from tools.conformance.reading import newsline_reading

FEEDS: dict[str, list[MadeFeed]] = defaultdict(list)
for made in made_feeds():
    FEEDS[made.name.partition("/")[0]].append(made)


@pytest.fixture(scope="module")
def expected():
    return read()


@pytest.mark.parametrize("format", FEEDS)
def test_made_feeds_are_read_as_expected(format: str, expected):
    readings = {feed.name: newsline_reading(feed) for feed in FEEDS[format]}
    wrong = {
        f"{name}, {field}": (value, expected[name].get(field))
        for name, reading in readings.items()
        for field, value in reading.items()
        if expected[name].get(field) != value
    }
    assert wrong == {}


def test_there_is_an_expectation_for_every_made_feed(expected):
    assert list(expected) == [feed.name for feeds in FEEDS.values() for feed in feeds]
