import pytest

from newsline.broker import Message, Storage, connect
from newsline.topics import part

TOPIC = "test"


@pytest.fixture
def broker(tmp_path):
    with connect(f"embedded:{tmp_path / 'broker.db'}") as connection:
        connection.ensure_topic(TOPIC, 1, 1_000)
        put(connection, 10)
        yield connection


def put(broker, count):
    broker.producer("test").commit([Message(TOPIC, b"key", b"value")] * count)


def offsets(broker, start, end, at_once):
    return [record.offset for record in part.between(broker, TOPIC, 0, start, end, at_once)]


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_each_record_of_the_part_is_read_once_however_many_are_read_at_a_time(broker, at_once):
    assert offsets(broker, 2, 9, at_once) == [2, 3, 4, 5, 6, 7, 8]
    assert offsets(broker, 0, 10, at_once) == list(range(10))
    assert offsets(broker, 5, 5, at_once) == []


def test_records_that_retention_has_deleted_are_passed_over(broker):
    broker.change_retention(TOPIC, Storage(retention=0.0))
    broker.change_retention(TOPIC, Storage(retention=1_000.0))
    put(broker, 2)
    assert offsets(broker, 3, 11, 4) == [10]
    assert offsets(broker, 0, 9, 4) == []
