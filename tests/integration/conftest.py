"""The job on a real Flink."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.flink import FlinkCluster
from deploy.local.kafka import KafkaServer
from tests.support.flink_job import OnFlink


@pytest.fixture
def on_flink(
    tmp_path: Path, mortal_kafka: KafkaServer, flink: FlinkCluster, job_server: Path
) -> Iterator[OnFlink]:
    """A pool of workers for the shared cluster, and a Kafka of the test's own."""
    with OnFlink(tmp_path, mortal_kafka.address, flink, job_server) as job:
        yield job
