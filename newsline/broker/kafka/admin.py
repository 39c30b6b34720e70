"""Metadata of the cluster, and creation of topics, by kafka-python's admin client."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import wait
from functools import partial
from typing import Any, TypeVar

from kafka import IsolationLevel, KafkaAdminClient, OffsetSpec, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.codec import has_snappy
from kafka.errors import (
    AuthorizationError,
    KafkaConnectionError,
    KafkaError,
    NoError,
    RetriableError,
    TopicAlreadyExistsError,
    UnknownBrokerIdError,
    UnknownTopicOrPartitionError,
    for_code,
)

from newsline.broker import (
    OVERHEAD_BYTES,
    BrokerError,
    BrokerUnreachable,
    OpenTransaction,
    Storage,
    Topic,
)
from newsline.broker.kafka.client import ANSWER_SECONDS, broker_errors, client_settings
from newsline.broker.kafka.limits import (
    CALL_SECONDS,
    CLOSE_SECONDS,
    OPEN_SECONDS,
    in_thread,
    within,
)

Answer = TypeVar("Answer")

NO_ID = "00000000-0000-0000-0000-000000000000"
"""Sent in place of a topic's id where there is none."""

NOT_CLASSIC = "is not a classic group"
"""Kafka's words for a group of KIP-848, which kafka-python 3.0.12 cannot describe."""

MIN_COMPACTION_LAG_MS = 24 * 60 * 60 * 1000
"""A day: consumers with less lag still read every record of a compacted topic."""

LIMITS_MIN_ISR = (4, 0)
"""Kafka from which ``min.insync.replicas`` counts as the number of copies if it is higher; older
ones refuse every write."""


class KafkaAdmin:
    """An admin client, replaced after an outage; ``servers`` is ``HOST:PORT[,HOST:PORT…]``."""

    def __init__(self, servers: str) -> None:
        self._servers = servers
        self._lock = threading.Lock()
        self._client: Any = None  # until opened, and after an outage
        with broker_errors(servers):
            self._opened()

    def close(self) -> None:
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            wait([in_thread(client.close)], CLOSE_SECONDS)

    def servers(self) -> int:
        """The number of servers, including those that are down."""
        return len(self._ask(lambda client: client.describe_cluster())["brokers"])

    def partitions(self, topic: str) -> int:
        """The number of partitions; 0 if the topic does not exist."""
        return len(self._partitions(topic))

    def topic_id(self, topic: str) -> str:
        """The topic's id, another one after it was created again; empty before Kafka 2.8."""
        found = str(self._topic(topic).get("topic_id") or "")
        return "" if found == NO_ID else found

    def members(self, group: str) -> list[str]:
        """The members of a consumer group: each client's id and host."""
        found = self._ask(lambda client: client.describe_groups([group]))[group]
        if NOT_CLASSIC in str(found["error"]):
            listed = self._ask(lambda client: client.list_groups())
            empty = {each["group_id"] for each in listed if each.get("group_state") == "Empty"}
            return [] if group in empty else ["consumers of the protocol of KIP-848"]
        return [
            f"{member['client_id']} on {member['client_host'].lstrip('/')}"
            for member in found["members"]
        ]

    def offsets_retention(self) -> float | None:
        """Seconds after which a group's offset expires; None if our user may not read it."""
        minutes = self._broker_settings().get("offsets.retention.minutes")
        return int(minutes) * 60.0 if minutes else None

    def offsets(
        self,
        places: Sequence[TopicPartition],
        which: OffsetSpec,
        isolation: IsolationLevel = IsolationLevel.READ_COMMITTED,
    ) -> list[int]:
        found = self._ask(
            lambda client: client.list_partition_offsets(dict.fromkeys(places, which), isolation)
        )
        return [found[place].offset for place in places]

    def settled_ends(self, places: Sequence[TopicPartition]) -> list[int]:
        """The end of each partition. Waits for open transactions: they hide what was written after
        them, also by transactions that have ended."""
        ends = self.offsets(places, OffsetSpec.LATEST, IsolationLevel.READ_UNCOMMITTED)
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            stable = self.offsets(places, OffsetSpec.LATEST)
            hidden = [
                place
                for place, visible, end in zip(places, stable, ends, strict=True)
                if visible < end
            ]
            if not hidden:
                return ends
            if time.monotonic() > deadline:
                raise BrokerUnreachable(
                    f"kafka://{self._servers}: a transaction is open on {hidden[0].topic} partition"
                    f" {hidden[0].partition} and hides later records: newsline topics shows whose,"
                    " and how to abort it"
                )
            time.sleep(0.05)

    def open_transactions(self, places: Sequence[TopicPartition]) -> list[OpenTransaction]:
        """The oldest open transaction of each partition that has one."""
        written = self.offsets(places, OffsetSpec.LATEST, IsolationLevel.READ_UNCOMMITTED)
        stable = self.offsets(places, OffsetSpec.LATEST)
        held = {
            place: (start, end - start)
            for place, start, end in zip(places, stable, written, strict=True)
            if end > start
        }
        if not held:
            return []
        producers = self._producers(list(held))
        return [
            OpenTransaction(place.partition, start, records, *_owner(producers.get(place), start))
            for place, (start, records) in held.items()
        ]

    def _producers(self, places: Sequence[TopicPartition]) -> Mapping[TopicPartition, Any]:
        """Who writes there; empty if our user may not read the topics, or before Kafka 2.8."""
        try:
            return self._ask(lambda client: client.describe_producers(places))
        except BrokerUnreachable:
            raise
        except BrokerError:
            return {}

    def describe(self, topic: str) -> Topic | None:
        partitions = self._partitions(topic)
        if not partitions:
            return None
        resource = ConfigResource(ConfigResourceType.TOPIC, topic)
        found = self._ask(lambda client: client.describe_configs([resource], config_filter="all"))
        config = {name: each["value"] for name, each in found["topic"][topic].items()}
        if not config:  # kafka-python 3.0.12 ignores the response's error code
            raise BrokerError(
                f"kafka://{self._servers} refuses the settings of topic {topic}: grant our user"
                " DescribeConfigs"
            )
        kept = float(config["retention.ms"]) / 1000 if "delete" in config["cleanup.policy"] else -1
        replication = min(len(each["replica_nodes"]) for each in partitions)
        min_isr = int(config["min.insync.replicas"])
        if self._ask(lambda client: client._manager.broker_version) >= LIMITS_MIN_ISR:
            min_isr = min(min_isr, replication)
        return Topic(
            partitions=len(partitions),
            max_bytes=int(config["max.message.bytes"]) - OVERHEAD_BYTES,
            storage=Storage(
                replication=replication,
                min_isr=min_isr,
                retention=kept if kept >= 0 else math.inf,
                compact="compact" in config["cleanup.policy"],
            ),
            broker_time=config["message.timestamp.type"] == "LogAppendTime",
            unclean=config["unclean.leader.election.enable"] == "true",
            readable=config["compression.type"] != "snappy" or has_snappy(),
        )

    def longest_transaction(self) -> float | None:
        """The cluster's limit of a transaction in seconds; None if our user may not read it."""
        found = self._broker_settings().get("transaction.max.timeout.ms")
        return int(found) / 1000 if found else None

    def _broker_settings(self) -> Mapping[str, str | None]:
        """The settings of one broker; empty if our user may not read them."""
        (first, *_) = self._ask(lambda client: client.describe_cluster())["brokers"]
        node = str(first["broker_id"])
        resource = ConfigResource(ConfigResourceType.BROKER, node)
        found = self._ask(lambda client: client.describe_configs([resource], config_filter="all"))
        return {name: each["value"] for name, each in found["broker"].get(node, {}).items()}

    def create(self, topic: str, wanted: Topic, settings: Mapping[str, str] | None = None) -> None:
        """Create the topic unless it exists; ``settings`` take the place of those in ``wanted``."""
        order = {
            "num_partitions": wanted.partitions,
            "replication_factor": wanted.storage.replication,
            "configs": settings or configuration(wanted.max_bytes, wanted.storage),
        }
        try:
            self._ask(lambda client: client.create_topics({topic: order}))
        except BrokerError as error:
            if isinstance(error.__cause__, AuthorizationError):
                raise BrokerError(
                    f"topic {topic} does not exist on kafka://{self._servers}, and our user may not"
                    " create it: run newsline topics create as a user who may"
                ) from error
            if not isinstance(error.__cause__, TopicAlreadyExistsError):
                raise
        self._ask(lambda client: client.wait_for_topics([topic], ANSWER_SECONDS * 1000))

    def add_partitions(self, topic: str, count: int) -> None:
        """Increase the partitions to ``count``."""
        self._ask(lambda client: client.create_partitions({topic: count}))
        deadline = time.monotonic() + ANSWER_SECONDS
        while self.partitions(topic) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        self._ask(lambda client: client.wait_for_topics([topic], ANSWER_SECONDS * 1000))

    def _partitions(self, topic: str) -> list[Any]:
        return list(self._topic(topic)["partitions"])

    def _topic(self, topic: str) -> dict[str, Any]:
        def question(client: KafkaAdminClient) -> dict[str, Any]:
            (described,) = client.describe_topics([topic])
            problem = for_code(described["error_code"])
            if problem not in (NoError, UnknownTopicOrPartitionError):
                raise problem(topic)
            return dict(described)

        return self._ask(question)

    def _ask(self, question: Callable[[KafkaAdminClient], Answer]) -> Answer:
        """The client's answer. Retries for ANSWER_SECONDS while a broker restarts or fails over."""
        deadline = time.monotonic() + ANSWER_SECONDS
        with broker_errors(self._servers):
            while True:
                client = self._opened()
                try:
                    return within(CALL_SECONDS, partial(question, client))
                except TimeoutError:
                    self._drop(client)
                    raise
                except (RetriableError, UnknownBrokerIdError):  # a leader that has just ended
                    if time.monotonic() > deadline:
                        self._drop(client)
                        raise
                except Exception as error:
                    # Another error than Kafka's is that of its I/O thread, which may still run.
                    if isinstance(error, KafkaError) and _runs(client):
                        raise
                    self._drop(client)
                    if time.monotonic() > deadline:
                        raise KafkaConnectionError("the client has ended") from error
                time.sleep(0.05)

    def _opened(self) -> Any:
        with self._lock:
            if self._client is None:
                settings = client_settings(self._servers)
                self._client = within(OPEN_SECONDS, lambda: KafkaAdminClient(**settings))
            return self._client

    def _drop(self, client: KafkaAdminClient) -> None:
        """Replace the client at the next call. Its other calls end with an error."""
        with self._lock:
            if self._client is client:
                self._client = None
                in_thread(client.close)


def _runs(client: KafkaAdminClient) -> bool:
    """False if the client's I/O thread has ended."""
    thread = client._net._io_thread
    return thread is not None and thread.is_alive()


def _owner(state: Any, start: int) -> tuple[int | None, float]:
    """The producer whose transaction begins at the offset, and when it last wrote, if it is known:
    the transaction may have ended since."""
    for each in state.active_producers if state else ():
        if each.current_transaction_start_offset == start:
            return each.producer_id, each.last_timestamp / 1000
    return None, math.inf


def configuration(max_bytes: int, storage: Storage) -> dict[str, str]:
    """A topic's settings by Kafka's names and values."""
    config = {
        "max.message.bytes": str(max_bytes + OVERHEAD_BYTES),
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": str(storage.min_isr),
    }
    if storage.retention is not None:
        forever = math.isinf(storage.retention)
        config["retention.ms"] = "-1" if forever else str(int(storage.retention * 1000))
    if storage.compact:
        config["cleanup.policy"] = "compact" if storage.retention is None else "compact,delete"
        config["min.compaction.lag.ms"] = str(MIN_COMPACTION_LAG_MS)
    return config
