"""The job on a real Flink."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.flink import FlinkCluster
from deploy.local.kafka import KafkaServer
from newsline.broker import connect
from newsline.topics import contents
from tests.support.flink_job import OnFlink


@pytest.fixture(scope="module")
def job_kafka(java: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """A Kafka for the jobs of a file's tests; each test leaves it running."""
    with KafkaServer(tmp_path_factory.mktemp("job-kafka")) as server:
        yield server


@pytest.fixture
def on_flink(
    tmp_path: Path, job_kafka: KafkaServer, flink: FlinkCluster, job_server: Path
) -> Iterator[OnFlink]:
    """A pool of workers for the shared cluster, and no job yet."""
    with OnFlink(tmp_path, job_kafka.address, flink, job_server) as job:
        yield job


@pytest.fixture(scope="module")
def job(
    job_kafka: KafkaServer,
    flink: FlinkCluster,
    job_server: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OnFlink]:
    """A job that runs, and still does when a test has ended: to start one costs 25 s of CPU."""
    with connect(job_kafka.address) as broker:
        contents.ensure(broker)
    with OnFlink(tmp_path_factory.mktemp("job"), job_kafka.address, flink, job_server) as job:
        job.submit()
        yield job
        job.end()
