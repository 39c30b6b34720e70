"""The embedded broker deletes by age or size what every group has read, and shrinks its file."""

import sqlite3
from contextlib import closing
from itertools import count

import pytest

from newsline.broker import Message, Position, Storage, connect, embedded, embedded_retention

DAY = 24 * 60 * 60.0
WEEK = Storage(retention=7 * DAY)
VALUE = b"v" * 5_000


@pytest.fixture
def clock(monkeypatch):
    """The broker's clock, in a list; it deletes at every commit."""
    now = [1_000_000.0]
    monkeypatch.setattr(embedded.time, "time", lambda: now[0])
    monkeypatch.setattr(embedded, "EXPIRE_SECONDS", 0.0)
    return now


@pytest.fixture
def broker(tmp_path):
    with connect(f"embedded:{tmp_path / 'broker.db'}") as broker:
        yield broker


def write(broker, topic="t", number=1):
    numbers = iter(range(number))
    with closing(broker.producer("writer")) as producer:
        while batch := [n for n, _ in zip(numbers, range(500), strict=False)]:
            producer.commit([Message(topic, b"%d" % n, VALUE) for n in batch])


def read_to(broker, offset, group="job", topic="t", partition=0):
    with closing(broker.producer(group)) as producer:
        producer.commit([], Position(group, topic, partition, offset))


def offsets(broker, topic="t", partition=0):
    return [record.offset for record in broker.read(topic, partition, 0, limit=10_000)]


def test_records_older_than_the_retention_are_deleted(broker, clock):
    broker.ensure_topic("t", 1, 10_000, WEEK)
    write(broker, number=3)
    clock[0] += 8 * DAY
    write(broker, number=2)
    assert offsets(broker) == [3, 4]
    assert broker.end_offsets("t") == [5]


def test_the_oldest_records_are_deleted_while_the_topic_is_too_large(broker, clock):
    broker.ensure_topic("t", 1, 10_000, Storage(size=3 * 5_001))
    write(broker, number=10)
    write(broker)
    assert offsets(broker) == [8, 9, 10]


def test_without_a_retention_nothing_is_deleted(broker, clock):
    broker.ensure_topic("t", 1, 10_000)
    write(broker)
    clock[0] += 10_000 * DAY
    write(broker)
    assert offsets(broker) == [0, 1]


def test_what_a_group_has_not_read_is_kept(broker, clock):
    broker.ensure_topic("t", 1, 10_000, Storage(retention=7 * DAY, size=1))
    read_to(broker, 0)
    write(broker, number=6)
    read_to(broker, 2, group="slower")
    read_to(broker, 4)
    clock[0] += 8 * DAY
    write(broker)
    assert offsets(broker) == [2, 3, 4, 5, 6]


def test_a_group_that_reads_one_partition_keeps_the_others(broker, clock):
    broker.ensure_topic("t", 3, 10_000, WEEK)
    write(broker, number=60)
    ends = broker.end_offsets("t")
    read_to(broker, ends[1], partition=1)
    clock[0] += 8 * DAY
    write(broker, number=0)
    read_to(broker, ends[1], partition=1)
    assert [len(offsets(broker, partition=n)) for n in range(3)] == [ends[0], 0, ends[2]]


def test_a_new_group_begins_at_the_oldest_record(broker, clock):
    broker.ensure_topic("t", 1, 10_000, WEEK)
    write(broker, number=3)
    clock[0] += 8 * DAY
    write(broker)
    assert broker.committed("new", "t") == [3]
    assert broker.lag("new", "t") == [1]
    assert not broker.has_committed("new", "t")


def test_a_large_backlog_is_deleted_in_steps_between_commits(broker, clock, monkeypatch):
    monkeypatch.setattr(embedded, "EXPIRE_SECONDS", 1e9)
    monkeypatch.setattr(embedded_retention, "STEP", 10)
    broker.ensure_topic("t", 1, 10_000, WEEK)
    write(broker, number=500)
    clock[0] += 8 * DAY
    broker._expire_at = 0.0
    left = []
    for _ in count():
        write(broker)
        left.append(len(offsets(broker)))
        if left[-1] == len(left):
            break
    assert len(left) == 3
    assert left[0] == 500 - 10 * embedded.EXPIRE_AT_ONCE + 1


def test_the_space_of_deleted_records_is_given_back(broker, tmp_path):
    broker.ensure_topic("t", 1, 10_000)
    write(broker, number=1_000)
    full = size(tmp_path / "broker.db")
    assert full > 5_000_000
    assert broker.change_retention("t", Storage(size=500_000))
    assert len(offsets(broker)) == 99
    assert size(tmp_path / "broker.db") < full / 4


def size(path):
    """The file's size when its log is written back."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size
