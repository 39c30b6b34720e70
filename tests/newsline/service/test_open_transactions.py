"""A transaction that stays open: its gauges, and a line at either end."""

from __future__ import annotations

import pytest

from newsline.broker import OpenTransaction
from newsline.records import RAW_TOPIC
from newsline.service import metrics
from newsline.service import open_transactions as module
from newsline.service.open_transactions import OpenTransactions
from newsline.topics.open_transactions import WATCHED


class Broker:
    """Has these transactions open on news.raw."""

    def __init__(self) -> None:
        self.open: list[OpenTransaction] = []

    def open_transactions(self, topic):
        assert topic in WATCHED
        return self.open if topic == RAW_TOPIC else []


@pytest.fixture
def broker():
    return Broker()


@pytest.fixture
def transactions(broker, monkeypatch):
    """Time passes by ten seconds with each look."""
    clock = iter(range(0, 10_000, 10))
    monkeypatch.setattr(module.time, "monotonic", lambda: float(next(clock)))
    return OpenTransactions(broker)


def gauges() -> tuple[float, ...]:
    found = metrics.totals(metrics.OPEN_TRANSACTION_RECORDS, metrics.OPEN_TRANSACTION_SECONDS)
    return tuple(values[f"{RAW_TOPIC}/2"] for values in found.values())


def test_one_that_stays_open_is_measured_and_reported_once(broker, transactions, capsys):
    for records in range(1, 11):
        broker.open = [OpenTransaction(2, offset=40, records=records, producer=7)]
        transactions.look()
    assert gauges() == (10.0, 90.0)
    broker.open = []
    transactions.look()
    assert gauges() == (0.0, 0.0)
    assert capsys.readouterr().err.splitlines() == [
        "newsline: warning: news.raw partition 2: 8 offsets wait behind an open transaction of"
        " producer 7, from offset 40 on; they are in no lag",
        "news.raw partition 2: the open transaction has ended",
    ]


def test_many_short_ones_are_no_long_one(broker, transactions, capsys):
    for offset in range(40, 60):
        broker.open = [OpenTransaction(2, offset, records=3)]
        transactions.look()
    assert gauges() == (3.0, 0.0)
    assert capsys.readouterr().err == ""
