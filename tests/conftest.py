"""Fixtures that several test packages share: the brokers."""

from __future__ import annotations

import gc
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.broker import Broker, connect
from tests.integration.kafka_server import KafkaServer


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """One real Kafka for the whole run; tests keep apart by the names of their topics."""
    with KafkaServer(tmp_path_factory.mktemp("kafka")) as server:
        yield server


@pytest.fixture
def mortal_kafka(tmp_path: Path) -> Iterator[KafkaServer]:
    """A real Kafka of the test's own, to be killed."""
    with KafkaServer(tmp_path) as server:
        yield server
    with warnings.catch_warnings():
        # kafka-python 3.0.12 leaves the sockets of refused connections to the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(params=["embedded", "kafka"])
def broker_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address of each broker in turn; Kafka's is shared by all tests, so name topics anew."""
    if request.param == "embedded":
        return f"embedded:{tmp_path / 'broker.sqlite'}"
    server: KafkaServer = request.getfixturevalue("kafka")
    return server.address


@pytest.fixture
def broker(broker_address: str) -> Iterator[Broker]:
    """A connection to each broker in turn."""
    with connect(broker_address) as connection:
        yield connection


@pytest.fixture
def name() -> str:
    """A name that no other test has, for topics, groups and producers."""
    return f"test-{uuid.uuid4().hex[:12]}"
