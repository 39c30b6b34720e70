"""What is particular to Kafka: its transactions left open, its retention, its death."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, RequestTimedOutError, TopicAuthorizationFailedError
from kafka.net.compat import KafkaNetClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

from deploy.local.kafka import KafkaServer
from newsline.broker import (
    Broker,
    BrokerError,
    BrokerUnreachable,
    Message,
    MessageTooLarge,
    OpenTransaction,
    Position,
    Producer,
    Record,
    connect,
)
from newsline.broker.kafka import admin as admin_module
from newsline.broker.kafka import group as group_module
from newsline.broker.kafka import producer as kafka_producer
from newsline.broker.kafka.client import broker_errors
from tests.newsline.broker.test_broker import everything
from tests.support.command import PATIENCE, until
from tests.support.record_flow import persist

MAX_BYTES = 100_000
# kafka-python 3.0.12 leaves their sockets to the collector.
REFUSED_CONNECTIONS = pytest.mark.filterwarnings("ignore::ResourceWarning")
CHECKOUT = Path(__file__).parents[4]


@pytest.fixture
def line(broker: Broker, name: str) -> str:
    """A topic of one partition."""
    broker.ensure_topic(name, 1, MAX_BYTES)
    return name


@pytest.fixture
def producer(broker: Broker, name: str) -> Iterator[Producer]:
    with closing(broker.producer(name)) as opened:
        yield opened


@pytest.fixture
def admin(kafka: KafkaServer) -> Iterator[KafkaAdminClient]:
    with KafkaAdminClient(bootstrap_servers=servers(kafka)) as client:
        yield client


def test_an_unfinished_transaction_is_invisible_and_settled_by_the_next_of_its_name(
    kafka: KafkaServer, broker: Broker, line: str, producer: Producer
) -> None:
    left_open = KafkaProducer(bootstrap_servers=servers(kafka), transactional_id="left open")
    left_open.init_transactions()
    left_open.begin_transaction()
    left_open.send(line, key=b"k", value=b"never seen").get(10)
    producer.commit([Message(line, b"k", b"seen")])
    everything(broker, line, 0)
    assert list(broker.end_offsets(line)) == [0]
    assert list(broker.lag("group", line)) == [0]
    (found,) = broker.open_transactions(line)
    assert (found.partition, found.offset) == (0, 0)
    assert found.records >= 2
    assert found.producer is not None
    assert found.wrote < time.time()

    broker.producer("left open").close()
    assert values(everything(broker, line, 1)) == [b"seen"]
    until(lambda: not broker.open_transactions(line), "the markers")
    left_open._sender.force_close()
    left_open.close(timeout=1)


def test_the_end_of_a_partition_waits_for_a_transaction_that_hides_records(
    kafka: KafkaServer,
    broker: Broker,
    line: str,
    producer: Producer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left_open = KafkaProducer(bootstrap_servers=servers(kafka), transactional_id=f"{line} hides")
    left_open.init_transactions()
    left_open.begin_transaction()
    left_open.send(line, key=b"k", value=b"never seen").get(10)
    producer.commit([Message(line, b"k", b"hidden")])
    with monkeypatch.context() as patched:
        patched.setattr(admin_module, "ANSWER_SECONDS", 0.2)
        with pytest.raises(BrokerUnreachable, match=f"is open on {line} partition 0"):
            broker.settled_ends(line)

    with ThreadPoolExecutor() as pool:
        ends = pool.submit(broker.settled_ends, line)
        left_open.abort_transaction()
        assert list(ends.result(20)) >= [2]
    assert values(everything(broker, line, 1)) == [b"hidden"]
    left_open.close(timeout=1)


def test_an_open_transaction_is_seen_without_the_right_to_know_whose_it_is(
    kafka: KafkaServer, broker: Broker, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise TopicAuthorizationFailedError(line)

    monkeypatch.setattr(KafkaAdminClient, "describe_producers", refuse)
    left_open = KafkaProducer(bootstrap_servers=servers(kafka), transactional_id=f"{line} open")
    left_open.init_transactions()
    left_open.begin_transaction()
    left_open.send(line, key=b"k", value=b"never seen").get(10)
    (found,) = broker.open_transactions(line)
    assert found == OpenTransaction(0, offset=0, records=1)
    broker.producer(f"{line} open").close()
    left_open._sender.force_close()
    left_open.close(timeout=1)


def test_an_offset_is_read_while_a_killed_process_has_left_another_partitions_open(
    kafka: KafkaServer, broker: Broker, name: str, producer: Producer
) -> None:
    broker.ensure_topic(name, 2, MAX_BYTES)
    producer.commit([], Position(name, name, 0, 5))
    left_open = KafkaProducer(bootstrap_servers=servers(kafka), transactional_id=f"{name} open")
    left_open.init_transactions()
    left_open.begin_transaction()
    left_open.send_offsets_to_transaction({TopicPartition(name, 1): OffsetAndMetadata(7)}, name)
    assert broker.resume(name, name, 0).offset == 5

    broker.producer(f"{name} open").close()
    assert list(broker.committed(name, name)) == [5, 0]
    left_open._sender.force_close()
    left_open.close(timeout=1)


def test_an_offset_that_retention_has_removed_reads_from_the_oldest(
    broker: Broker, line: str, producer: Producer, admin: KafkaAdminClient
) -> None:
    for n in range(5):
        producer.commit([Message(line, b"k", b"%d" % n)])
    third = everything(broker, line, 5)[2].offset
    admin.delete_records({TopicPartition(line, 0): third})
    for _ in range(2):
        assert values(broker.read(line, 0, 0, limit=10)) == [b"2", b"3", b"4"]
    assert list(broker.committed("group", line)) == [third]
    assert list(broker.lag("group", line)) == [3]


def test_an_offset_beyond_the_end_is_an_error_and_not_a_second_reading(
    broker: Broker, line: str, producer: Producer
) -> None:
    producer.commit([Message(line, b"k", b"v")])
    everything(broker, line, 1)
    for wait in (0.0, 5.0):
        with pytest.raises(BrokerError, match="before offset 99"):
            broker.read(line, 0, 99, limit=10, wait=wait)
    assert values(broker.read(line, 0, 0, limit=10)) == [b"v"]


def test_a_partition_that_does_not_exist_is_an_error(broker: Broker, line: str) -> None:
    with pytest.raises(BrokerError, match="no partition 1"):
        broker.read(line, 1, 0, limit=10)


def test_a_limit_that_was_lowered_refuses_the_message_and_asks_for_a_new_producer(
    broker: Broker, line: str, producer: Producer, admin: KafkaAdminClient
) -> None:
    producer.commit([Message(line, b"k", b"first")])
    lower = {"max.message.bytes": "1000"}
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, line, lower)])
    with pytest.raises(MessageTooLarge):
        producer.commit([Message(line, b"k", b"small"), Message(line, b"k", os.urandom(5000))])
    with pytest.raises(BrokerUnreachable, match="open a new one"):
        producer.commit([Message(line, b"k", b"small")])
    with closing(broker.producer(line)) as new:
        new.commit([Message(line, b"k", b"last")])
    assert values(everything(broker, line, 2)) == [b"first", b"last"]


def test_where_nobody_answers_one_line_says_where_and_why() -> None:
    with pytest.raises(BrokerUnreachable) as error:
        connect("kafka://127.0.0.1:1")
    expected = "kafka://127.0.0.1:1 does not answer: 127.0.0.1:1: Connection refused"
    assert str(error.value) == expected


def test_one_server_that_answers_is_enough(kafka: KafkaServer) -> None:
    with connect(f"kafka://127.0.0.1:1,{servers(kafka)}") as broker:
        assert broker.servers() == 1


@pytest.mark.parametrize("server", ["localhost", "localhost:", "localhost:http", "a:1,,b:2"])
def test_a_server_without_a_port_is_refused(server: str) -> None:
    with pytest.raises(BrokerError, match="HOST:PORT"):
        connect(f"kafka://{server}")


def test_a_transaction_that_does_not_move_is_given_up_and_settled_by_the_next_producer(
    broker: Broker, line: str, producer: Producer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when kafka-python loses one of its requests: the broker answers, and nobody asks it."""
    producer.commit([Message(line, b"k", b"first")])
    manager = producer._producer._transaction_manager  # type: ignore[attr-defined]
    monkeypatch.setattr(manager, "_enqueue_request", lambda request: None)
    monkeypatch.setattr(kafka_producer, "STILL_SECONDS", 0.5)
    with pytest.raises(BrokerUnreachable, match="nothing of the transaction has moved"):
        producer.commit([Message(line, b"k", b"lost")])
    with closing(broker.producer(line)) as new:
        new.commit([Message(line, b"k", b"last")])
    assert values(everything(broker, line, 2)) == [b"first", b"last"]


@pytest.mark.parametrize("clients", ["admin", "offsets"])
@pytest.mark.parametrize("hangs", [True, False])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@REFUSED_CONNECTIONS
def test_a_client_whose_thread_hangs_or_ends_holds_up_nobody_and_is_replaced(
    monkeypatch, broker: Broker, line: str, clients: str, hangs: bool
) -> None:
    producer = broker.producer(line)
    producer.commit([], Position(line, line, 0, 7))
    producer.close()
    assert broker.committed(line, line) == [7]
    monkeypatch.setattr(admin_module, "CALL_SECONDS", 4)
    monkeypatch.setattr(group_module, "CALL_SECONDS", 4)
    places = broker._group_places
    net = broker._admin._client._net if clients == "admin" else places._groups[line]._consumer._net
    goes_on = threading.Event()
    net._poll_once = goes_on.wait if hangs else queue.Queue().get_nowait
    net.wakeup()
    try:
        if hangs and clients == "admin":
            with pytest.raises(BrokerUnreachable, match=r"does not answer: no answer in 4 s$"):
                broker.committed(line, line)
        assert broker.committed(line, line) == [7]
    finally:
        goes_on.set()


def test_a_connection_that_is_not_ready_costs_a_producer_no_request() -> None:
    """kafka-python's sender drops the request in progress at an exception."""
    net = NetworkSelector()
    client = KafkaNetClient(net, KafkaConnectionManager(net, bootstrap_servers="127.0.0.1:1"))
    assert client.await_ready("bootstrap-0", timeout_ms=1) is False
    client.close()


@pytest.mark.parametrize(
    ("longest", "allowed"), [(None, "less than 45 s"), (1.0, "1 s at most")], ids=["unknown", "1 s"]
)
def test_a_cluster_whose_transactions_are_too_short_is_told_its_setting(
    longest: float | None, allowed: str
) -> None:
    words = rf"{allowed}: set transaction.max.timeout.ms of the brokers to 45000 or more$"
    with pytest.raises(BrokerError, match=words):
        kafka_producer.transaction_seconds("h:1", longest)


def test_a_lower_limit_of_the_cluster_is_a_transactions_limit() -> None:
    assert kafka_producer.transaction_seconds("h:1", 30.0) == 30.0


@REFUSED_CONNECTIONS
def test_nothing_is_lost_or_doubled_when_the_broker_is_killed(
    mortal_kafka: KafkaServer, name: str
) -> None:
    broker = connect(mortal_kafka.address)
    broker.ensure_topic(name, 1, MAX_BYTES)
    progress: queue.Queue[int] = queue.Queue()
    finished = threading.Event()

    def count_on() -> None:
        producer = broker.producer(name)
        done = 0
        while not finished.is_set():
            try:
                numbers = [Message(name, b"k", b"%d" % n) for n in range(done, done + 10)]
                producer.commit(numbers, Position(name, name, 0, done + 10))
                done += 10
            except BrokerUnreachable:
                producer = persist(lambda: broker.producer(name))
                (done,) = persist(lambda: broker.committed(name, name))
            progress.put(done)
        producer.close()

    counting = threading.Thread(target=count_on)
    counting.start()
    wait_for(progress, 100)
    mortal_kafka.restart()
    wait_for(progress, progress.get() + 300)
    finished.set()
    counting.join()
    (done,) = broker.committed(name, name)
    assert done >= 300
    assert [int(value) for value in values(everything(broker, name, done))] == list(range(done))
    broker.close()


@REFUSED_CONNECTIONS
@pytest.mark.parametrize("end", [KafkaServer.kill, KafkaServer.pause])
def test_a_commit_to_a_dead_broker_fails_in_time_and_the_process_ends(
    mortal_kafka: KafkaServer, name: str, end: Callable[[KafkaServer], None]
) -> None:
    with connect(mortal_kafka.address) as broker:
        broker.ensure_topic(name, 1, MAX_BYTES)
    program = [sys.executable, "-m", "tests.support.commit_to_a_dead_broker"]
    with subprocess.Popen(
        [*program, mortal_kafka.address, name, name, "2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "committed\n"
        end(mortal_kafka)
        said, complaints = child.communicate("\n\n\n", timeout=30)
    assert said == "BrokerUnreachable\nBrokerUnreachable\n"
    assert complaints == ""
    assert child.returncode == 0
    mortal_kafka.kill()


def wait_for(progress: queue.Queue[int], number: int) -> None:
    while progress.get(timeout=PATIENCE) < number:
        pass


def servers(kafka: KafkaServer) -> str:
    return kafka.address.removeprefix("kafka://")


def values(records: Sequence[Record]) -> list[bytes]:
    return [record.value for record in records]


def test_many_offsets_without_a_record_are_no_lag(kafka, broker, line, name):
    """A transaction of more records than are counted one by one, aborted: nothing to read."""
    given_up = KafkaProducer(
        bootstrap_servers=kafka.address.removeprefix("kafka://"), transactional_id=f"{name}-other"
    )
    given_up.init_transactions()
    given_up.begin_transaction()
    for _ in range(150):
        given_up.send(line, key=b"k", value=b"never")
    given_up.flush()
    given_up.abort_transaction()
    given_up.close()
    # Kafka writes the markers of a transaction's end after it has answered.
    until(lambda: broker.end_offsets(line)[0] > 150, "the marker of the abort")
    assert broker.lag("group", line) == [0]
    with closing(broker.producer(name)) as producer:
        producer.commit([Message(line, b"k", b"v")])
    until(lambda: broker.lag("group", line) != [0], "the marker of the commit")
    assert broker.lag("group", line) == [2]  # the record and its marker


def test_a_request_of_a_transaction_that_times_out_means_that_the_broker_is_away(kafka):
    late = RequestTimedOutError("Request timed out after 9999 ms")
    words = f"Could not execute transactional request for unknown reasons: {late}"
    with (
        pytest.raises(BrokerUnreachable, match=r"does not answer: .*Could not execute"),
        broker_errors(kafka.address.removeprefix("kafka://")),
    ):
        raise KafkaError(words)
