"""A real Kafka and a real Flink for measurements, and the job on both runners."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks import texts
from benchmarks.job import fill
from deploy.local import downloads
from deploy.local.cluster import JVM
from deploy.local.flink import FlinkCluster
from deploy.local.kafka import KafkaServer
from deploy.local.process import free_ports
from newsline.broker import Broker, Record, connect
from newsline.records import ENRICHED_TOPIC
from newsline.topics import contents
from newsline.topics.contents import READ_AT_ONCE
from tests.support.command import Command, newsline, until
from tests.support.example_records import raw_message

WORKERS = 2
"""Subtasks on Flink with a child each, or DirectRunner's children."""

WARM = 40
ARRIVE_SECONDS = 600.0
LOOK_AGAIN_SECONDS = 0.5


class Servers(NamedTuple):
    """Kafka's address, Flink's REST API, the job server jar and a directory for logs."""

    kafka: str
    flink: str
    jar: Path
    directory: Path


class Arrival(NamedTuple):
    """A record's partition, and its time by the broker's clock."""

    partition: int
    at: float


OnRunner = Callable[[Servers], AbstractContextManager[None]]
"""Runs the job during the block, with models loaded."""


@contextmanager
def started(directory: Path) -> Iterator[Servers]:
    """Both servers during the block: two task managers with one slot each."""
    downloads.require_java()
    jar = downloads.job_server()
    for name in ("kafka", "flink", "logs"):
        (directory / name).mkdir()
    with (
        KafkaServer(directory / "kafka", jvm=JVM) as kafka,
        FlinkCluster(directory / "flink", WORKERS, 1, jvm=JVM) as flink,
    ):
        with connect(kafka.address) as broker:
            contents.ensure(broker)
        yield Servers(kafka.address, flink.master, jar, directory / "logs")


@contextmanager
def on_direct(servers: Servers) -> Iterator[None]:
    where = ("--broker", servers.kafka, "--status", "127.0.0.1:0")
    job = Command(servers.directory / "direct.log", "enrich", *where, "--children", str(WORKERS))
    with job:
        _warm_up(servers)
        yield
        job.terminate()


@contextmanager
def on_flink(servers: Servers) -> Iterator[None]:
    with worker_pool(servers) as pool:
        where = ("--broker", servers.kafka, "--worker-address", pool)
        how = ("--job-server-jar", str(servers.jar), "--parallelism", str(WORKERS))
        _enrich(servers, "--runner", "FlinkRunner", *where, *how)
        try:
            _warm_up(servers)
            yield
        finally:
            _enrich(servers, "cancel")


@contextmanager
def worker_pool(servers: Servers) -> Iterator[str]:
    """The pool of workers beside both task managers; yields its address."""
    (port,) = free_ports(1)
    address = f"127.0.0.1:{port}"
    options = ("--broker", servers.kafka, "--worker-address", address, "--status", "127.0.0.1:0")
    log = servers.directory / f"worker-{port}.log"
    with Command(log, "worker", *options) as pool:
        until(lambda: "workers for Flink" in log.read_text(), what="the pool's start")
        yield address
        pool.terminate()


def _enrich(servers: Servers, *arguments: str) -> None:
    done = newsline("enrich", *arguments, "--flink-master", servers.flink)
    if done.returncode:
        raise SystemExit(done.stderr)


def _warm_up(servers: Servers) -> None:
    articles = texts.articles(WARM)
    with connect(servers.kafka) as broker:
        ends = broker.end_offsets(ENRICHED_TOPIC)
        fill(servers.kafka, articles)
        arrivals(broker, ENRICHED_TOPIC, ends, [raw_message(article).key for article in articles])


def arrivals(
    broker: Broker, topic: str, ends: Sequence[int], keys: Iterable[bytes]
) -> Mapping[bytes, Arrival]:
    """Key → its record's arrival on the topic after ``ends``; waits for all keys."""
    wanted, offsets, found = set(keys), list(ends), dict[bytes, Arrival]()
    deadline = time.monotonic() + ARRIVE_SECONDS
    while missing := wanted - found.keys():
        if time.monotonic() > deadline:
            raise SystemExit(f"{len(missing)} not on {topic} after {ARRIVE_SECONDS:.0f} s")
        time.sleep(LOOK_AGAIN_SECONDS)
        for partition, record in since(broker, topic, offsets):
            if record.key in wanted:
                found[record.key] = Arrival(partition, record.timestamp)
    return found


def since(broker: Broker, topic: str, offsets: list[int]) -> Iterator[tuple[int, Record]]:
    """(partition, record) of all records since ``offsets``, which are advanced."""
    for partition in range(len(offsets)):
        while records := broker.read(topic, partition, offsets[partition], limit=READ_AT_ONCE):
            yield from ((partition, record) for record in records)
            offsets[partition] = records[-1].offset + 1
