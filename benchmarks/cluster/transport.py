"""The job's source and sink without enrichment, compared with a plain kafka-python loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from unittest import mock

import apache_beam as beam
from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition

from benchmarks import texts
from benchmarks.cluster.servers import WORKERS, Servers, since, worker_pool
from benchmarks.job import fill
from newsline.broker import connect
from newsline.broker.kafka.client import client_settings
from newsline.broker.kafka.producer import BATCH_BYTES, MAX_REQUEST_BYTES
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC, EnrichedArticle, decode_enriched, encode
from pipeline.beam import job as graph
from pipeline.beam.children import Children
from pipeline.beam.coder import emits
from pipeline.beam.enrichment import EnrichedBatch
from pipeline.beam.in_flight import EnrichedRecord
from pipeline.beam.job import EnrichJob
from pipeline.beam.runners import run_direct
from pipeline.beam.source import BATCH_RECORDS, Round
from pipeline.enrich.runner.enrichers import EnricherSettings
from pipeline.flink.rest import FlinkRest
from pipeline.flink.submit import Submission, submit_job
from tests.support.command import until

RECORDS = 10_000
ROUNDS = 3
OUTCOMES = 200
END_SECONDS = 300.0
LOOK_SECONDS = 1.0

Contender = Callable[[Servers, str, Sequence[EnrichedArticle]], None]
"""Reads all of news.raw as a new group, and writes as many records to news.enriched."""


def measure(
    servers: Servers, records: int = RECORDS, rounds: int = ROUNDS
) -> list[tuple[float, float, float]]:
    """Records/s of the job on DirectRunner, of the job on Flink, and of the loop, in turn."""
    with connect(servers.kafka) as broker:
        enriched = broker.read(ENRICHED_TOPIC, 0, 0, limit=OUTCOMES)
    outcomes = [decode_enriched(record.value) for record in enriched]
    fill(servers.kafka, texts.articles(records))
    return [
        (
            _rate(servers, direct, outcomes, number),
            _rate(servers, flink, outcomes, number),
            _rate(servers, bare, outcomes, number),
        )
        for number in range(rounds)
    ]


def _rate(
    servers: Servers, contender: Contender, outcomes: Sequence[EnrichedArticle], number: int
) -> float:
    """Records/s while all partitions flow: they do not begin and end together."""
    with connect(servers.kafka) as broker:
        before = broker.end_offsets(ENRICHED_TOPIC)
    contender(servers, f"{contender.__name__}-{number}", outcomes)
    times: dict[int, list[float]] = {}
    with connect(servers.kafka) as broker:
        for partition, record in since(broker, ENRICHED_TOPIC, list(before)):
            times.setdefault(partition, []).append(record.timestamp)
    begin, end = max(t[0] for t in times.values()), min(t[-1] for t in times.values())
    rate = sum(begin < time <= end for t in times.values() for time in t) / (end - begin)
    print(f"{contender.__name__}: {rate:.0f} records/s", flush=True)
    return rate


@emits(EnrichedBatch)
class PassThrough(beam.DoFn):
    """Round → its batches, each record with a prepared outcome."""

    def __init__(self, outcomes: Sequence[EnrichedArticle]) -> None:
        self._outcomes = outcomes

    def setup(self) -> None:
        self._next = cycle(self._outcomes)

    def process(self, round_: Round) -> Iterator[EnrichedBatch]:
        for batch in round_.batches:
            items = (EnrichedRecord(record, next(self._next)) for record in batch.records)
            yield EnrichedBatch(batch, tuple(items))


def direct(servers: Servers, group: str, outcomes: Sequence[EnrichedArticle]) -> None:
    with _stubbed(outcomes):
        run_direct(_job(servers, group))


def flink(servers: Servers, group: str, outcomes: Sequence[EnrichedArticle]) -> None:
    cluster = FlinkRest(servers.flink)
    with worker_pool(servers) as pool:
        with _stubbed(outcomes):
            submission = Submission(_job(servers, group), WORKERS, [f"--environment_config={pool}"])
            started = submit_job(cluster, servers.jar, submission)
        with connect(servers.kafka) as broker:
            until(lambda: not any(broker.lag(group, RAW_TOPIC)), END_SECONDS)
        cluster.cancel(started.id)
        cluster.wait_until(started.id, group, lambda job: job.ended, END_SECONDS)


def _job(servers: Servers, group: str) -> EnrichJob:
    return EnrichJob(
        servers.kafka, group, Children(0, EnricherSettings(), 0.0), until_caught_up=True
    )


def _stubbed(outcomes: Sequence[EnrichedArticle]):
    return mock.patch.object(graph, "EnrichRound", return_value=PassThrough(outcomes))


def bare(servers: Servers, group: str, outcomes: Sequence[EnrichedArticle]) -> None:
    values = cycle([encode(outcome) for outcome in outcomes])
    common = client_settings(servers.kafka.removeprefix("kafka://"))
    consumer = KafkaConsumer(
        **common,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        metrics_enabled=False,
    )
    partitions = consumer.partitions_for_topic(RAW_TOPIC)
    consumer.assign([TopicPartition(RAW_TOPIC, number) for number in partitions])
    producer = KafkaProducer(
        **common,
        transactional_id=group,
        acks="all",
        compression_type="lz4",
        batch_size=BATCH_BYTES,
        max_request_size=MAX_REQUEST_BYTES,
        retry_backoff_ms=2,
        metrics_enabled=False,
    )
    producer.init_transactions()
    while found := consumer.poll(timeout_ms=LOOK_SECONDS * 1000, max_records=BATCH_RECORDS):
        producer.begin_transaction()
        for records in found.values():
            for record in records:
                producer.send(ENRICHED_TOPIC, key=record.key, value=next(values))
        offsets = {place: OffsetAndMetadata(found[place][-1].offset + 1) for place in found}
        producer.send_offsets_to_transaction(offsets, group)
        producer.commit_transaction()
    producer.close()
    consumer.close()
