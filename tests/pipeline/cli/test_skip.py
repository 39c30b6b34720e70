"""What ``newsline enrich skip`` takes and refuses; test_unreadable.py uses it on Kafka."""

from __future__ import annotations

import pytest

from newsline.broker import connect
from newsline.records import RAW_TOPIC
from newsline.topics import contents
from tests.support.command import newsline
from tests.support.example_records import raw_article, raw_message


@pytest.fixture
def address(tmp_path):
    address = f"embedded:{tmp_path / 'broker.db'}"
    with connect(address) as broker:
        contents.ensure(broker)
        messages = [raw_message(raw_article(number)) for number in range(40)]
        broker.producer("test").commit(messages)
    return address


def test_a_partition_continues_at_the_offset_and_never_goes_back(address):
    done = newsline("enrich", "skip", "1:3", "--broker", address)
    assert (
        done.stdout == f"{RAW_TOPIC} partition 1 continues at offset 3: 0 to 2 are not enriched\n"
    )
    with connect(address) as broker:
        assert list(broker.committed("newsline-enrich", RAW_TOPIC)) == [0, 3, 0, 0]
    again = newsline("enrich", "skip", "1:3", "--broker", address)
    assert again.returncode == 1
    assert "partition 1 is at offset 3 of " in again.stderr


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("1", "'1' is not PARTITION:OFFSET"),
        ("1:-3", "'1:-3' is not PARTITION:OFFSET"),
        ("a:b", "'a:b' is not PARTITION:OFFSET"),
        ("4:1", "news.raw has no partition 4"),
        ("1:999", "999 is not between them"),
    ],
)
def test_what_is_no_place_is_refused(address, to, said):
    done = newsline("enrich", "skip", to, "--broker", address)
    assert done.returncode == 1
    assert said in done.stderr


def test_a_broker_that_does_not_exist_is_refused_and_not_made(tmp_path):
    file = tmp_path / "other.db"
    done = newsline("enrich", "skip", "0:1", "--broker", f"embedded:{file}")
    assert done.returncode == 1
    assert f"no broker at {file}" in done.stderr
    assert not file.exists()
