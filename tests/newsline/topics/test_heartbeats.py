"""Heartbeats are told from articles by every reader of news.enriched."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import newsline
from newsline.broker import Message, Record, connect
from newsline.monitor.lag_follower import Moment
from newsline.monitor.topic_follower import TopicFollower
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC
from newsline.topics import contents, heartbeats
from newsline.topics.create import PARTITIONS
from newsline.topics.heartbeats import TopicHeartbeat

BEATS = heartbeats.messages(RAW_TOPIC, 3, PARTITIONS, 1_700_000_000.0, PARTITIONS)


def record(message: Message) -> Record:
    return Record(0, message.key, message.value, 0.0, message.headers)


def test_a_heartbeat_goes_to_each_partition_and_says_until_when_which_one_is_done():
    assert [message.partition for message in BEATS] == list(range(PARTITIONS))
    at = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert newsline.heartbeat(record(BEATS[0])) == TopicHeartbeat(RAW_TOPIC, 3, PARTITIONS, at)


def test_to_a_reader_of_before_it_is_the_withdrawal_of_an_article_that_never_was():
    assert {(message.key, message.value) for message in BEATS} == {(b"heartbeat.3", None)}


@pytest.mark.parametrize(
    "other",
    [
        Record(0, b"k", None, 0.0),
        Record(0, b"k", b"{}", 0.0, BEATS[0].headers),
        Record(0, b"k", None, 0.0, ((heartbeats.HEADER, b"of a later version"),)),
    ],
)
def test_what_is_none_or_cannot_be_read_is_none(other):
    assert heartbeats.of(other) is None


def test_one_of_a_later_version_is_no_article_either():
    assert heartbeats.is_heartbeat(Record(0, b"k", None, 0.0, ((heartbeats.HEADER, b"2"),)))


@pytest.fixture
def newsroom(tmp_path):
    """A broker with one article, and many heartbeats after it."""
    with connect(f"embedded:{tmp_path / 'broker.db'}") as broker:
        contents.ensure(broker)
        producer = broker.producer("test")
        producer.commit([Message(ENRICHED_TOPIC, b"article", b"{}")])
        producer.commit(BEATS * 100)
        yield broker


def test_the_newest_records_are_found_behind_heartbeats(newsroom):
    assert [each.key for each in contents.latest(newsroom, ENRICHED_TOPIC, 5)] == [b"article"]


def test_a_monitor_does_not_count_them(newsroom):
    follower = TopicFollower(newsroom, ENRICHED_TOPIC)
    follower.look(Moment(0.0, 0.0))
    newsroom.producer("test").commit([*BEATS, Message(ENRICHED_TOPIC, b"article", b"{}"), *BEATS])
    new = follower.look(Moment(1.0, 1.0))
    assert (new.number, [each.key for each in new.records]) == (1, [b"article"])
