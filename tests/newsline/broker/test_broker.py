"""What every broker promises, tried on each."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from newsline.broker import (
    Broker,
    BrokerError,
    BrokerUnreachable,
    Fenced,
    Message,
    MessageTooLarge,
    Position,
    Producer,
    Record,
    Storage,
    connect,
    headers_size,
)

MAX_BYTES = 100_000
CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def topic(broker: Broker, name: str) -> str:
    """A topic of three partitions."""
    broker.ensure_topic(name, 3, MAX_BYTES)
    return name


@pytest.fixture
def line(broker: Broker, name: str) -> str:
    """A topic of one partition."""
    broker.ensure_topic(f"{name}-line", 1, MAX_BYTES)
    return f"{name}-line"


@pytest.fixture
def producer(broker: Broker, name: str) -> Iterator[Producer]:
    with closing(broker.producer(name)) as opened:
        yield opened


def test_records_come_back_as_they_were_sent(broker: Broker, line: str, producer: Producer) -> None:
    before = time.time()
    producer.commit([Message(line, b"\xff\x00key", b"\x00\xfe\n"), Message(line, b"k", b"")])
    first, second = everything(broker, line, 2)
    assert (first.key, first.value) == (b"\xff\x00key", b"\x00\xfe\n")
    assert (second.key, second.value) == (b"k", b"")
    assert first.offset < second.offset
    assert before - 1 < first.timestamp < time.time() + 1


def test_a_tombstone_is_told_from_an_empty_value(
    broker: Broker, line: str, producer: Producer
) -> None:
    producer.commit([Message(line, b"k", None), Message(line, b"k", b"")])
    assert [record.value for record in everything(broker, line, 2)] == [None, b""]


def test_headers_come_back_in_order_with_each_repeated_name(
    broker: Broker, line: str, producer: Producer
) -> None:
    headers = (("trace", b"\xff\x00"), ("größe", b""), ("trace", b"2"))
    producer.commit([Message(line, b"k", b"v", headers), Message(line, b"k", None, headers)])
    producer.commit([Message(line, b"k", b"v")])
    read = everything(broker, line, 3)
    assert [record.headers for record in read] == [headers, headers, ()]


def test_a_message_goes_to_the_partition_that_is_given(
    broker: Broker, topic: str, producer: Producer
) -> None:
    producer.commit([Message(topic, b"k", b"%d" % n, partition=n) for n in (0, 1, 2)])
    found = [broker.read(topic, n, 0, limit=9, wait=30.0) for n in (0, 1, 2)]
    assert [[record.value for record in records] for records in found] == [[b"0"], [b"1"], [b"2"]]


def test_what_is_read_ends_where_the_next_reading_begins(
    broker: Broker, line: str, producer: Producer
) -> None:
    for n in range(3):
        producer.commit([Message(line, b"k", b"%d" % n)] * 2)
    everything(broker, line, 6)
    offset, values = 0, []
    while records := broker.read(line, 0, offset, limit=4):
        assert records.start == offset
        values += [record.value for record in records]
        offset = records.end
    assert values == [b"0", b"0", b"1", b"1", b"2", b"2"]
    assert offset == broker.end_offsets(line)[0]


@pytest.mark.parametrize("count", [3, 7])
def test_a_key_goes_where_the_broker_says(
    broker: Broker, name: str, producer: Producer, count: int
) -> None:
    broker.ensure_topic(name, count, MAX_BYTES)
    keys = {b"\x00", b"\xff" * 9, *(b"key %d" % n for n in range(60))}
    producer.commit([Message(name, key, b"") for key in keys])
    said = [{key for key in keys if broker.partition_of(name, key) == n} for n in range(count)]
    found = by_partition(broker, name, len(keys))
    assert [{record.key for record in part} for part in found] == said
    assert all(said)


def test_records_of_one_key_keep_their_order(
    broker: Broker, topic: str, producer: Producer
) -> None:
    for start in range(0, 60, 20):
        producer.commit(
            [Message(topic, b"%d" % (n % 6), b"%d" % n) for n in range(start, start + 20)]
        )
    read = everything(broker, topic, 60)
    for key in {record.key for record in read}:
        numbers = [int(record.value) for record in read if record.key == key]
        assert numbers == sorted(numbers)


def test_a_key_is_always_in_the_same_partition(
    broker: Broker, broker_address: str, topic: str, name: str, producer: Producer
) -> None:
    keys = [b"key %d" % n for n in range(30)]
    producer.commit([Message(topic, key, b"1") for key in keys])
    with connect(broker_address) as another, closing(another.producer(f"{name}-2")) as second:
        second.commit([Message(topic, key, b"2") for key in keys])
    read = by_partition(broker, topic, 60)
    parts = [{record.key for record in records} for records in read]
    assert all(parts)
    assert sum(len(part) for part in parts) == len(keys)


def test_reading_starts_at_the_offset_and_stops_at_the_limit(
    broker: Broker, line: str, producer: Producer
) -> None:
    for n in range(4):
        producer.commit([Message(line, b"k", b"%d" % (3 * n + m)) for m in range(3)])
    offsets = {record.value: record.offset for record in everything(broker, line, 12)}
    for start in (7, 2, 8, 0):
        read = broker.read(line, 0, offsets[b"%d" % start], limit=2)
        assert [record.value for record in read][:1] == [b"%d" % start]
        assert 1 <= len(read) <= 2


def test_reading_on_in_small_steps_gives_each_record_once(
    broker: Broker, line: str, producer: Producer
) -> None:
    for n in range(20):
        producer.commit([Message(line, b"k", b"%d" % (5 * n + m)) for m in range(5)])
    values = [int(record.value) for record in everything(broker, line, 100, limit=3)]
    assert values == list(range(100))


def test_reading_at_the_end_gives_nothing(broker: Broker, line: str, producer: Producer) -> None:
    assert list(broker.read(line, 0, 0, limit=10)) == []
    producer.commit([Message(line, b"k", b"v")])
    (record,) = everything(broker, line, 1)
    (end,) = broker.end_offsets(line)
    assert list(broker.read(line, 0, record.offset + 1, limit=10)) == []
    assert list(broker.read(line, 0, end, limit=10, wait=0.1)) == []


def test_a_waiting_reader_returns_when_a_record_comes(
    broker: Broker, line: str, producer: Producer
) -> None:
    read: list[Record] = []
    waiting = threading.Thread(
        target=lambda: read.extend(broker.read(line, 0, 0, limit=10, wait=60)), daemon=True
    )
    waiting.start()
    producer.commit([Message(line, b"k", b"v")])
    waiting.join(20)
    assert [record.value for record in read] == [b"v"]


def test_messages_and_position_are_committed_together(
    broker: Broker, broker_address: str, topic: str, line: str, producer: Producer
) -> None:
    producer.commit(
        [Message(topic, b"%d" % n, b"v") for n in range(10)], Position("group", line, 0, 7)
    )
    with connect(broker_address) as another:
        everything(another, topic, 10)
        assert list(another.committed("group", line)) == [7]
        assert list(another.committed("another group", line)) == [0]
        assert another.has_committed("group", line)
        assert not another.has_committed("another group", line)


def test_a_position_can_be_committed_alone(broker: Broker, topic: str, producer: Producer) -> None:
    producer.commit([], Position("group", topic, 1, 5))
    producer.commit([], Position("group", topic, 2, 6))
    producer.commit([])
    assert list(broker.committed("group", topic)) == [0, 5, 6]
    broker.ensure_positions(3, Storage())
    assert [broker.resume("group", topic, number).offset for number in (1, 2)] == [5, 6]
    assert list(broker.end_offsets(topic)) == [0, 0, 0]


def test_lag_counts_the_records_that_are_still_unread(
    broker: Broker, line: str, producer: Producer
) -> None:
    assert list(broker.lag("group", line)) == [0]
    for n in range(5):
        producer.commit([Message(line, b"k", b"%d" % n)] * 2)
    seventh = everything(broker, line, 10)[6].offset
    assert list(broker.lag("group", line)) == [10]
    producer.commit([], Position("group", line, 0, seventh + 1))
    assert list(broker.lag("group", line)) == [3]
    producer.commit([], Position("group", line, 0, everything(broker, line, 10)[-1].offset + 1))
    assert list(broker.lag("group", line)) == [0]


def test_a_large_transaction_is_whole(broker: Broker, topic: str, producer: Producer) -> None:
    producer.commit([Message(topic, b"%d" % n, os.urandom(5000)) for n in range(600)])
    everything(broker, topic, 600)


def test_the_largest_message_a_topic_takes_is_taken(
    broker: Broker, line: str, producer: Producer
) -> None:
    value = os.urandom(MAX_BYTES - 3)
    producer.commit([Message(line, b"key", value)])
    assert [record.value for record in everything(broker, line, 1)] == [value]


def test_headers_count_for_the_size_of_a_message(
    broker: Broker, line: str, producer: Producer
) -> None:
    headers = tuple((f"header {n}", os.urandom(300)) for n in range(100))
    value = os.urandom(MAX_BYTES - 3 - headers_size(headers))
    producer.commit([Message(line, b"key", value, headers)])
    with pytest.raises(MessageTooLarge, match=line):
        producer.commit([Message(line, b"key", value + b"x", headers)])
    assert [record.headers for record in everything(broker, line, 1)] == [headers]


def test_a_message_that_is_too_large_leaves_nothing_and_the_producer_goes_on(
    broker: Broker, line: str, topic: str, producer: Producer
) -> None:
    large = Message(line, b"key", b"x" * (MAX_BYTES - 2))
    with pytest.raises(MessageTooLarge, match=line):
        producer.commit([Message(line, b"k", b"small"), large], Position("group", topic, 0, 9))
    everything(broker, line, 0)
    assert list(broker.committed("group", topic)) == [0, 0, 0]
    producer.commit([Message(line, b"k", b"next")])
    assert [record.value for record in everything(broker, line, 1)] == [b"next"]


def test_a_newer_producer_of_the_same_name_fences_the_older(
    broker: Broker, broker_address: str, line: str, name: str, producer: Producer
) -> None:
    producer.commit([Message(line, b"k", b"old")])
    with connect(broker_address) as another, closing(another.producer(name)) as newer:
        for _ in range(2):
            with pytest.raises(Fenced):
                producer.commit([Message(line, b"k", b"lost")] * 50, Position("g", line, 0, 1))
        newer.commit([Message(line, b"k", b"new")])
    assert [record.value for record in everything(broker, line, 2)] == [b"old", b"new"]
    assert list(broker.committed("g", line)) == [0]


def test_producers_of_other_names_do_not_fence(
    broker: Broker, line: str, name: str, producer: Producer
) -> None:
    with closing(broker.producer(f"{name}-other")) as other:
        for _ in range(2):
            producer.commit([Message(line, b"k", b"one")])
            other.commit([Message(line, b"k", b"other")])
    everything(broker, line, 4)


def test_a_topic_that_does_not_exist_is_named(
    broker: Broker, producer: Producer, name: str
) -> None:
    missing = f"{name}-missing"
    for ask in (
        lambda: broker.partitions(missing),
        lambda: broker.end_offsets(missing),
        lambda: broker.committed("group", missing),
        lambda: broker.lag("group", missing),
        lambda: producer.commit([Message(missing, b"k", b"v")]),
    ):
        with pytest.raises(BrokerError, match=missing) as error:
            ask()
        assert not isinstance(error.value, BrokerUnreachable)
        assert "\n" not in str(error.value)


def test_an_existing_topic_is_left_as_it_is(broker: Broker, topic: str, producer: Producer) -> None:
    producer.commit([Message(topic, b"k", b"v")])
    broker.ensure_topic(topic, 5, 10)
    assert broker.partitions(topic) == 3
    producer.commit([Message(topic, b"k", b"longer than ten")])
    everything(broker, topic, 2)


def test_a_topic_is_described_as_it_is_and_one_that_does_not_exist_as_none(
    broker: Broker, topic: str, name: str
) -> None:
    found = broker.describe(topic)
    assert found is not None
    assert (found.partitions, found.max_bytes, found.broker_time) == (3, MAX_BYTES, True)
    assert (found.storage.replication, found.storage.min_isr, found.storage.compact) == (
        1,
        1,
        False,
    )
    assert broker.describe(f"{name}-missing") is None
    assert broker.servers() == 1


def test_added_partitions_are_written_and_read_and_the_old_ones_keep_what_they_have(
    broker: Broker, broker_address: str, topic: str, producer: Producer
) -> None:
    producer.commit([Message(topic, b"%d" % n, b"before") for n in range(30)])
    producer.commit([], Position("group", topic, 2, 1))
    broker.add_partitions(topic, 5)
    assert broker.partitions(topic) == 5
    assert list(broker.committed("group", topic)) == [0, 0, 1, 0, 0]
    with connect(broker_address) as another, closing(another.producer(f"{topic}-2")) as second:
        second.commit([Message(topic, b"%d" % n, b"after") for n in range(30)])
    parts = by_partition(broker, topic, 60)
    assert all(parts)
    assert {record.value for part in parts[3:] for record in part} == {b"after"}


def test_threads_share_one_connection(broker: Broker, topic: str, name: str) -> None:
    def work(number: int) -> None:
        try:
            with closing(broker.producer(f"{name}-{number}")) as own:
                for n in range(10):
                    own.commit([Message(topic, b"%d" % number, b"%d" % n)])
                    broker.end_offsets(topic)
            everything(broker, topic, 40)
        except BaseException as error:
            failures.append(error)

    failures: list[BaseException] = []
    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_process_killed_at_any_moment_leaves_whole_transactions(
    broker: Broker, broker_address: str, line: str, name: str
) -> None:
    for kill_after in (1, 4, 9):
        program = [sys.executable, "-m", "tests.support.commit_for_ever"]
        with subprocess.Popen(
            [*program, broker_address, name, line], stdout=subprocess.PIPE, cwd=CHECKOUT
        ) as child:
            assert child.stdout is not None
            for _ in range(kill_after):
                assert child.stdout.readline()
            child.kill()
        broker.producer(name).close()
        (count,) = broker.committed(name, line)
        assert count % 50 == 0
        numbers = [int(record.value) for record in everything(broker, line, count)]
        assert numbers == list(range(count))


@pytest.mark.parametrize(
    "address",
    ["", "embedded:", "kafka:", "kafka://", "redis://localhost:1", "/tmp/broker", "redis://[x"],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BrokerError, match="embedded:PATH or kafka://HOST:PORT"):
        connect(address)


def everything(broker: Broker, topic: str, count: int, limit: int = 1000) -> list[Record]:
    """The records of all partitions, one after the other; there must be ``count``."""
    return [each for part in by_partition(broker, topic, count, limit) for each in part]


def by_partition(broker: Broker, topic: str, count: int, limit: int = 1000) -> list[list[Record]]:
    """The records of each partition; there must be ``count``, soon: Kafka shows a transaction some
    milliseconds after it is safe.
    """
    until = time.monotonic() + 20
    while True:
        parts = [
            from_the_start(broker, topic, partition, limit)
            for partition in range(broker.partitions(topic))
        ]
        found = sum(map(len, parts))
        if found >= count or time.monotonic() > until:
            assert found == count
            return parts


def from_the_start(broker: Broker, topic: str, partition: int, limit: int) -> list[Record]:
    """Read on and on, as a consumer would."""
    found: list[Record] = []
    offset = 0
    while records := broker.read(topic, partition, offset, limit=limit):
        assert len(records) <= limit
        found.extend(records)
        offset = records[-1].offset + 1
    return found
