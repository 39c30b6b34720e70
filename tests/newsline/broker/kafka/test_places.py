"""The place of a group on a real Kafka, after what a cluster and its users do to it."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition

from deploy.local.kafka import KafkaServer
from newsline.broker import (
    POSITIONS_TOPIC,
    Broker,
    BrokerError,
    Message,
    Place,
    Position,
    connect,
)
from newsline.broker.kafka.positions import encode
from newsline.outcomes import OffsetJump
from tests.newsline.broker.test_broker import everything
from tests.support.command import until

MAX_BYTES = 100_000


@pytest.fixture
def topic(broker: Broker, name: str) -> str:
    """A topic of two partitions."""
    broker.ensure_topic(name, 2, MAX_BYTES)
    return name


def servers(kafka: KafkaServer) -> str:
    return kafka.address.removeprefix("kafka://")


def commit(broker: Broker, topic: str, offset: int, partition: int = 0) -> None:
    """Claim the partition and commit the offset, as the job does."""
    with closing(broker.producer(f"{topic}.{partition}")) as producer:
        broker.resume(topic, topic, partition)
        producer.commit([], Position(topic, topic, partition, offset))


def publish(broker: Broker, topic: str, count: int) -> None:
    """Write as many records to the first partition."""
    key = next(b"%d" % n for n in range(99) if broker.partition_of(topic, b"%d" % n) == 0)
    with closing(broker.producer(f"{topic} source")) as producer:
        producer.commit([Message(topic, key, b"%d" % n) for n in range(count)])
    everything(broker, topic, count)


def commit_as_a_stranger(kafka: KafkaServer, topic: str, offset: int) -> None:
    consumer = KafkaConsumer(
        bootstrap_servers=servers(kafka), group_id=topic, enable_auto_commit=False
    )
    consumer.commit({TopicPartition(topic, 0): OffsetAndMetadata(offset, "", -1)})
    consumer.close()


def test_a_group_resumes_where_it_has_committed(broker, topic):
    publish(broker, topic, 5)
    commit(broker, topic, 5)
    assert broker.resume(topic, topic, 0) == Place(5)


def test_an_offset_after_the_end_is_seen(broker, topic):
    publish(broker, topic, 2)
    commit(broker, topic, 5)
    assert broker.resume(topic, topic, 0) == Place(5, 0, 3, cut=True)


def test_the_position_is_kept_when_the_offset_expires(kafka, broker, topic):
    commit(broker, topic, 5)
    with KafkaAdminClient(bootstrap_servers=servers(kafka)) as admin:
        admin.delete_group_offsets(topic, [TopicPartition(topic, 0)])
    found = broker.resume(topic, topic, 0)
    assert (found.offset, found.jump) == (5, OffsetJump.EXPIRED)
    assert list(broker.committed(topic, topic)) == [5, 0]
    assert broker.has_committed(topic, topic)


def test_the_commit_of_another_program_moves_nothing(kafka, broker, topic):
    commit(broker, topic, 5)
    commit_as_a_stranger(kafka, topic, 9)
    found = broker.resume(topic, topic, 0)
    assert (found.offset, found.jump) == (5, OffsetJump.FOREIGN_COMMIT)
    assert list(broker.committed(topic, topic)) == [5, 0]
    commit(broker, topic, found.offset)
    assert broker.resume(topic, topic, 0).jump is None


def test_another_member_of_the_group_is_named(kafka, broker, topic):
    commit(broker, topic, 5)
    colleague = KafkaConsumer(
        topic, bootstrap_servers=servers(kafka), group_id=topic, client_id="colleague"
    )
    until(lambda: colleague.poll(100) is not None and colleague.assignment(), what="its share")
    with pytest.raises(BrokerError, match=rf"group {topic}: colleague on 127\.0\.0\.1: end them"):
        broker.resume(topic, topic, 0)
    colleague.close()
    assert broker.resume(topic, topic, 0).offset == 5


def test_records_of_a_topic_that_was_created_again_are_not_taken_for_the_old_ones(
    kafka, broker, topic
):
    publish(broker, topic, 3)
    commit(broker, topic, 2)
    assert [record.value for record in broker.read(topic, 0, 2, limit=9)] == [b"2"]
    with KafkaAdminClient(bootstrap_servers=servers(kafka)) as admin:
        admin.delete_topics([topic])
        until(lambda: topic not in admin.list_topics(), what="the topic's end")
    with connect(kafka.address) as another:
        another.ensure_topic(topic, 2, MAX_BYTES)
        publish(another, topic, 9)
    with pytest.raises(BrokerError, match=f"{topic} was deleted while partition 0 was read"):
        until(lambda: broker.read(topic, 0, 4, limit=9), what="a record")
    found = broker.resume(topic, topic, 0)
    assert (found.offset, found.jump) == (0, OffsetJump.RECREATED)
    assert len(broker.read(topic, 0, 0, limit=99)) == 9


def test_reading_says_from_where_and_how_far_it_came(kafka, broker, topic):
    publish(broker, topic, 5)
    whole = broker.read(topic, 0, 0, limit=9)
    assert (whole.start, whole.end) == (0, 6)  # behind the transaction's marker
    with KafkaAdminClient(bootstrap_servers=servers(kafka)) as admin:
        admin.delete_records({TopicPartition(topic, 0): 3})
    left = broker.read(topic, 0, 1, limit=9)
    assert (left.start, left.end, len(left)) == (3, 6, 2)
    with KafkaAdminClient(bootstrap_servers=servers(kafka)) as admin:
        admin.delete_records({TopicPartition(topic, 0): 6})
    marker = broker.read(topic, 0, 5, limit=9)
    assert (marker.start, marker.end, list(marker)) == (5, 6, [])
    nothing = broker.read(topic, 0, 4, limit=9)
    assert (nothing.start, nothing.end, list(nothing)) == (6, 6, [])


def test_an_added_partition_begins_at_its_start(broker, topic):
    broker.resume(topic, topic, 0)
    assert broker.resume(topic, topic, 0).offset is None
    commit(broker, topic, 0)
    assert broker.resume(topic, topic, 1) == Place(None, 0, 0, never_read=True)
    broker.add_partitions(topic, 6)
    assert broker.resume(topic, topic, 5).offset == 0
    commit(broker, topic, 0)
    assert broker.resume(topic, topic, 4).offset == 0  # the first count is kept
    assert broker.partitions(POSITIONS_TOPIC) >= 6


def test_the_newest_position_is_found_behind_those_of_other_groups(kafka, broker, topic):
    commit(broker, topic, 5)
    own = encode_of_another_group(broker, topic)
    plain = KafkaProducer(bootstrap_servers=servers(kafka))
    for _ in range(300):
        plain.send(POSITIONS_TOPIC, key=b"another", value=own, partition=0)
    stranger = {"key": topic.encode(), "value": b"of a stranger", "partition": 0}
    plain.send(POSITIONS_TOPIC, **stranger).get(10)
    plain.close()
    assert broker.resume(topic, topic, 0).offset == 5


def encode_of_another_group(broker: Broker, topic: str) -> bytes:
    stored = broker._group_places.to_store(Position(topic, topic, 0, 9))  # type: ignore[attr-defined]
    assert stored
    return encode(stored)


def test_an_open_transaction_of_another_group_hides_no_position(kafka, broker, topic, name):
    left_open = KafkaProducer(bootstrap_servers=servers(kafka), transactional_id=f"{name} open")
    left_open.init_transactions()
    left_open.begin_transaction()
    left_open.send(POSITIONS_TOPIC, key=b"another", value=b"", partition=0).get(10)
    with closing(broker.producer(topic)) as producer:
        ends = threading.Timer(0.5, left_open.abort_transaction)
        ends.start()
        broker.resume(topic, topic, 0)
        producer.commit([], Position(topic, topic, 0, 5))
    assert broker.resume(topic, topic, 0).offset == 5
    ends.join()
    left_open.close()
