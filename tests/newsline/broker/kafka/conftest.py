"""The suite's Kafka, for tests of what is particular to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.local.kafka import KafkaServer
from newsline.broker import Broker, Storage, connect


@pytest.fixture
def broker(kafka: KafkaServer) -> Iterator[Broker]:
    with connect(kafka.address) as connection:
        connection.ensure_positions(4, Storage())
        yield connection
