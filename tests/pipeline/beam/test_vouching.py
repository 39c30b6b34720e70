"""Heartbeats on news.enriched: never before what they vouch for, and on every partition."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsline.broker import Broker, Message, OpenTransaction, connect
from newsline.broker.embedded import EmbeddedBroker
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC
from newsline.topics import contents, heartbeats
from newsline.topics.create import PARTITIONS
from newsline.topics.heartbeats import TopicHeartbeat
from pipeline.beam.claims import Partition, PartitionClaim
from pipeline.beam.vouching import CLOCK_SECONDS

RAW = Partition("broker", "group", RAW_TOPIC, 2)
OFTEN = 1e-9
SELDOM = 1e9


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def newsroom(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A broker with newsline's topics."""
    address = f"embedded:{tmp_path / 'broker.db'}"
    if request.param == "kafka":
        address = request.getfixturevalue("mortal_kafka").address
    with connect(address) as broker:
        contents.ensure(broker)
        yield broker


class Hidden(EmbeddedBroker):
    """A broker on which another program's transaction stays open."""

    def open_transactions(self, topic: str) -> list[OpenTransaction]:
        return [OpenTransaction(2, 0, 1)]


def beats(broker: Broker, partition: int) -> list[TopicHeartbeat]:
    records = broker.read(ENRICHED_TOPIC, partition, 0, limit=99, wait=5.0)
    return [found for record in records if (found := heartbeats.of(record))]


def publish(broker: Broker, count: int) -> None:
    keys = (b"%d" % n for n in range(10_000))
    keys = (key for key in keys if broker.partition_of(RAW_TOPIC, key) == 2)
    producer = broker.producer("publisher")
    producer.commit([Message(RAW_TOPIC, next(keys), b"v") for _ in range(count)])
    producer.close()


def test_an_idle_partition_is_done_until_now_on_every_partition(newsroom):
    before = time.time()
    assert PartitionClaim(newsroom, RAW, heartbeat=OFTEN).read(10, 0.0) is None
    for partition in range(PARTITIONS):
        (beat,) = beats(newsroom, partition)
        assert (beat.topic, beat.partition, beat.partitions) == (RAW_TOPIC, 2, PARTITIONS)
        assert before - CLOCK_SECONDS <= beat.done_until.timestamp() <= time.time()


def test_a_batch_is_done_until_its_last_record_once_it_is_committed(newsroom):
    publish(newsroom, 3)
    claim = PartitionClaim(newsroom, RAW, heartbeat=OFTEN)
    batch = claim.read(10, 30.0)
    assert batch
    assert newsroom.end_offsets(ENRICHED_TOPIC) == [0] * PARTITIONS
    claim.commit([Message(ENRICHED_TOPIC, b"article", b"{}")], batch.end)
    (beat,) = beats(newsroom, 0)
    assert beat.done_until.timestamp() == pytest.approx(batch.records[-1].timestamp, abs=1e-3)


def test_there_is_one_at_most_in_the_given_time(tmp_path):
    with EmbeddedBroker(tmp_path / "broker.db") as broker:
        contents.ensure(broker)
        claim = PartitionClaim(broker, RAW, heartbeat=SELDOM)
        for _ in range(3):
            claim.read(10, 0.0)
        assert len(beats(broker, 0)) == 1


@pytest.mark.parametrize(("kind", "seconds"), [(EmbeddedBroker, 0.0), (Hidden, OFTEN)])
def test_there_is_none_unless_asked_for_nor_while_a_transaction_may_hide_records(
    tmp_path, kind, seconds
):
    with kind(tmp_path / "broker.db") as broker:
        contents.ensure(broker)
        assert PartitionClaim(broker, RAW, heartbeat=seconds).read(10, 0.0) is None
        assert broker.end_offsets(ENRICHED_TOPIC) == [0] * PARTITIONS
