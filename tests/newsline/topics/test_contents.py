import time

import pytest

from newsline.broker import BrokerError, Message, Position, connect
from newsline.errors import OperatorError
from newsline.records import DEAD_LETTER_TOPIC, MAX_DEAD_LETTER_BYTES, RAW_TOPIC, TOPICS
from newsline.topics import contents
from newsline.topics.create import PARTITIONS

GROUP = "test-group"


@pytest.fixture
def newsroom(tmp_path):
    """An embedded broker with newsline's topics."""
    with connect(f"embedded:{tmp_path / 'broker.db'}") as connection:
        contents.ensure(connection)
        yield connection


def put(broker, topic, count, position=None):
    messages = [Message(topic, f"key {n}".encode(), f"{n}".encode()) for n in range(count)]
    broker.producer(f"test.{topic}").commit(messages, position)


def test_all_three_topics_are_made_and_those_that_exist_are_left_alone(newsroom):
    contents.ensure(newsroom)
    assert [newsroom.partitions(topic) for topic in TOPICS] == [PARTITIONS] * 3
    largest = b"x" * (MAX_DEAD_LETTER_BYTES - 10)
    newsroom.producer("test").commit([Message(DEAD_LETTER_TOPIC, b"key", largest)])


def test_topics_that_cannot_be_used_are_refused_with_the_setting_that_is_wrong(tmp_path):
    with connect(f"embedded:{tmp_path / 'broker.db'}") as broker:
        broker.ensure_topic(RAW_TOPIC, 1, 1_000)
        with pytest.raises(OperatorError, match=r"news\.raw: max\.message\.bytes is 1128, less"):
            contents.ensure(broker)


def test_a_topics_state_is_its_end_and_for_news_raw_the_lag(newsroom):
    put(newsroom, RAW_TOPIC, 10)
    partition = max(range(PARTITIONS), key=newsroom.end_offsets(RAW_TOPIC).__getitem__)
    put(newsroom, RAW_TOPIC, 0, Position(GROUP, RAW_TOPIC, partition, 1))
    states = {state.topic: state for state in contents.states(newsroom, GROUP)}
    assert (states[RAW_TOPIC].end, states[RAW_TOPIC].lag) == (10, 9)
    assert (states[DEAD_LETTER_TOPIC].end, states[DEAD_LETTER_TOPIC].lag) == (0, None)


def test_a_broker_without_newslines_topics_is_said_so(tmp_path):
    with (
        connect(f"embedded:{tmp_path / 'empty.db'}") as empty,
        pytest.raises(BrokerError, match=r"topic news\.raw does not exist"),
    ):
        contents.states(empty, GROUP)


def test_the_latest_records_are_the_last_by_the_brokers_clock_oldest_first(broker, name):
    broker.ensure_topic(name, 2, 10_000)
    for number in range(12):
        broker.producer(name).commit([Message(name, f"{number}".encode(), f"{number}".encode())])
    assert latest(broker, name, 5) == ["7", "8", "9", "10", "11"]
    assert len(latest(broker, name, 100)) == 12


def test_the_latest_records_before_given_ends_hold_nothing_that_came_after(newsroom):
    put(newsroom, RAW_TOPIC, 5)
    ends = newsroom.end_offsets(RAW_TOPIC)
    put(newsroom, RAW_TOPIC, 5)
    assert len(contents.latest(newsroom, RAW_TOPIC, 100, ends)) == 5


def latest(broker, topic, count):
    return [record.value.decode() for record in contents.latest(broker, topic, count)]


def test_the_age_of_what_is_unread_is_that_of_each_partitions_oldest(newsroom):
    put(newsroom, RAW_TOPIC, 10)
    ages = contents.unread_age(newsroom, GROUP, time.time() + 60)
    ends = newsroom.end_offsets(RAW_TOPIC)
    assert all((60 <= age < 120) if end else age == 0 for age, end in zip(ages, ends, strict=True))
    for partition, end in enumerate(ends):
        put(newsroom, RAW_TOPIC, 0, Position(GROUP, RAW_TOPIC, partition, end))
    assert contents.unread_age(newsroom, GROUP, time.time() + 60) == [0.0] * PARTITIONS
