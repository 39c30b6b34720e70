"""Committed offsets and members of a consumer group."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from newsline.broker.kafka.client import ANSWER_SECONDS, broker_errors, client_settings
from newsline.broker.kafka.positions import GroupOffset


class GroupOffsets:
    """A consumer that only reads committed offsets: unlike an admin client, it waits for pending
    transactions. It stays open: 4 ms for four partitions instead of 28."""

    def __init__(self, servers: str, group: str) -> None:
        self._servers = servers
        self._group = group
        self._consumer: KafkaConsumer | None = None
        self._lock = threading.Lock()  # a KafkaConsumer is for one thread

    def committed(self, places: Sequence[TopicPartition]) -> list[GroupOffset | None]:
        """For each partition, the committed offset; None without one."""
        with self._lock, broker_errors(self._servers):
            if self._consumer is not None:
                with suppress(KafkaError):
                    return self._ask(self._consumer, places)
                self._consumer.close()
                self._consumer = None
            # A new consumer looks up the group's coordinator.
            self._consumer = KafkaConsumer(
                **client_settings(self._servers),
                group_id=self._group,
                isolation_level="read_committed",
                enable_auto_commit=False,
                metrics_enabled=False,
            )
            return self._ask(self._consumer, places)

    def close(self) -> None:
        with self._lock:
            if self._consumer is not None:
                self._consumer.close()

    def _ask(
        self, consumer: KafkaConsumer, places: Sequence[TopicPartition]
    ) -> list[GroupOffset | None]:
        found = [
            consumer.committed(place, metadata=True, timeout_ms=ANSWER_SECONDS * 1000)
            for place in places
        ]
        return [each and GroupOffset(each.offset, each.metadata or "") for each in found]
