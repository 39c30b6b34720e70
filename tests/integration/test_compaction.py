"""A compacted news.raw on a real Kafka: what is left is enriched, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from connectors.publish.publisher import Publisher
from connectors.state import State
from deploy.local.kafka import KafkaServer
from newsline.broker import Broker, Position, connect
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC, decode_enriched, decode_raw
from tests.support.command import newsline, until
from tests.support.example_records import article_id, raw_article, raw_message
from tests.support.topic_reader import values

ARTICLES, REVISIONS, PARTITIONS = 10, 5, 2
OTHER = article_id(ARTICLES)

# Compaction within seconds, instead of a day after a segment of a week is full.
AT_ONCE = {
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": "1",
    "min.cleanable.dirty.ratio": "0",
    "segment.ms": "100",
}


@pytest.fixture
def kafka(java: None, tmp_path: Path) -> Iterator[KafkaServer]:
    with KafkaServer(tmp_path, "log.cleaner.backoff.ms=100\n") as server:
        yield server


@pytest.fixture
def broker(kafka: KafkaServer) -> Iterator[Broker]:
    options = ("--partitions", str(PARTITIONS), "--compact", "raw", "--compact", "enriched")
    assert newsline("topics", "create", "--broker", kafka.address, *options).returncode == 0
    with KafkaAdminClient(bootstrap_servers=kafka.address.removeprefix("kafka://")) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, RAW_TOPIC, AT_ONCE)])
    with connect(kafka.address) as connection:
        yield connection


def test_what_compaction_has_left_is_enriched_once_from_wherever_a_job_has_stopped(kafka, broker):
    for revision in range(1, REVISIONS + 1):
        put(broker, range(ARTICLES), revision)
    until(lambda: compacted(broker), what="compaction")
    last = [(article_id(n), REVISIONS) for n in range(ARTICLES)]
    # It had read the first record of each partition; that has gone, and so has the next.
    for partition in range(PARTITIONS):
        broker.producer("stopped").commit([], Position("stopped", RAW_TOPIC, partition, 1))
    for jobs, group in enumerate(("stopped", "new"), start=1):
        assert ARTICLES < sum(broker.lag(group, RAW_TOPIC)) < ARTICLES * REVISIONS
        done = newsline(
            *("enrich", "--broker", kafka.address, "--group", group, "--children", "1"),
            *("--until-caught-up", "--status", "127.0.0.1:0", "--from-start"),
        )
        assert done.returncode == 0, done.stderr
        assert sorted(of_articles(broker, ENRICHED_TOPIC)) == sorted(last * jobs)
        assert sum(broker.lag(group, RAW_TOPIC)) == 0


def test_the_connectors_state_is_made_anew_from_it_however_old_an_article_is(
    kafka, broker, tmp_path
):
    for revision in range(1, REVISIONS + 1):
        put(broker, range(ARTICLES), revision)
    until(lambda: compacted(broker), what="compaction")
    with closing(State(str(tmp_path / "state.db"))) as state:
        with closing(Publisher(broker, kafka.address, state)):
            known = [state.article(article_id(n)) for n in range(ARTICLES)]
        assert [article.revision for article in known if article] == [REVISIONS] * ARTICLES


def compacted(broker: Broker) -> bool:
    """Whether only the last revision of each article is there. Another article is written to, for
    the newest segment is left alone, and a new one begins with a record only."""
    (last,) = [number for key, number in read(broker, RAW_TOPIC) if key == OTHER][-1:] or [0]
    put(broker, range(ARTICLES, ARTICLES + 1), last + 1)
    return {revision for _, revision in of_articles(broker, RAW_TOPIC)} == {REVISIONS}


def of_articles(broker: Broker, topic: str) -> list[tuple[str, int]]:
    """Without the other one, which may still be compacted."""
    return [each for each in read(broker, topic) if each[0] != OTHER]


def read(broker: Broker, topic: str) -> list[tuple[str, int]]:
    """Article and revision of each record."""
    decode = decode_raw if topic == RAW_TOPIC else decode_enriched
    articles = [decode(value) for value in values(broker, topic, wait=0.1)]
    return [(article.article_id, article.revision) for article in articles]


def put(broker: Broker, numbers: range, revision: int) -> None:
    producer = broker.producer("test")
    producer.commit([raw_message(raw_article(n, revision=revision)) for n in numbers])
    producer.close()
