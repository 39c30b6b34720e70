"""The topics on a real cluster of three brokers: created, checked, extended, and in use while
brokers are lost and restarted."""

from __future__ import annotations

import math
import shlex
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError

from deploy.local import downloads
from newsline.broker import (
    OVERHEAD_BYTES,
    POSITIONS_TOPIC,
    Broker,
    BrokerUnreachable,
    Message,
    Position,
    Storage,
    Topic,
    connect,
)
from newsline.records import DEAD_LETTER_TOPIC, ENRICHED_TOPIC, RAW_TOPIC, TOPICS
from newsline.topics import contents
from newsline.topics.create import MAX_BYTES
from newsline.topics.dead_letters.marks import MARKS_TOPIC
from tests.newsline.broker.test_broker import everything
from tests.support.command import newsline, until
from tests.support.example_records import raw_article, raw_message
from tests.support.kafka_cluster import KafkaCluster
from tests.support.record_flow import persist

ALL = (*TOPICS, POSITIONS_TOPIC, MARKS_TOPIC)
WEEK = 7 * 24 * 60 * 60.0
STATUS = ("--status", "127.0.0.1:0")

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def cluster(java: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    with KafkaCluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture
def admin(cluster: KafkaCluster) -> Iterator[KafkaAdminClient]:
    """At the end the topics are gone again."""
    with KafkaAdminClient(bootstrap_servers=servers(cluster)) as client:
        yield client
        until(lambda: without_topics(client), what="the topics' end")


def without_topics(client: KafkaAdminClient) -> bool:
    """Delete the topics; False while there are some, or a controller is being elected."""
    with suppress(KafkaError):
        there = set(client.list_topics()) & set(ALL)
        client.delete_topics(sorted(there))
        return not there
    return False


@pytest.fixture
def broker(cluster: KafkaCluster, admin: KafkaAdminClient) -> Iterator[Broker]:
    with connect(cluster.address) as connection:
        yield connection


def servers(cluster: KafkaCluster) -> str:
    return cluster.address.removeprefix("kafka://")


def create(cluster: KafkaCluster, *options: str) -> subprocess.CompletedProcess:
    return newsline("topics", "create", "--broker", cluster.address, *options)


def alter(admin: KafkaAdminClient, topic: str, **settings: str) -> None:
    config = {name.replace("_", "."): value for name, value in settings.items()}
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, config)])


def test_topics_are_made_so_that_any_one_broker_may_be_lost(cluster, broker):
    done = create(cluster)
    assert done.stdout.splitlines() == [
        *(f"{topic}: created, 4 partitions, 3 copies, min ISR 2" for topic in ALL[:-1]),
        f"{MARKS_TOPIC}: created, 1 partition, 3 copies, min ISR 2",
    ]
    assert (done.returncode, done.stderr) == (0, "")
    for topic in TOPICS:
        storage = Storage(3, 2, retention=WEEK)
        assert broker.describe(topic) == Topic(4, MAX_BYTES[topic], storage)
    compacted = Storage(3, 2, retention=math.inf, compact=True)
    assert broker.describe(POSITIONS_TOPIC) == Topic(4, MAX_BYTES[POSITIONS_TOPIC], compacted)

    again = create(cluster)
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.splitlines()[0] == f"{RAW_TOPIC}: exists, 4 partitions, 3 copies, min ISR 2"


def test_topics_are_made_as_asked(cluster, broker, admin):
    options = ("--partitions", "6", "--replication", "2", "--min-isr", "1")
    kept = ("--retention", "raw=36h", "--retention", "dead-letter=forever")
    done = create(cluster, *options, *kept, "--compact", "enriched", "--compact", "raw")
    assert done.returncode == 0, done.stderr
    found = {topic: broker.describe(topic) for topic in TOPICS}
    assert {topic.partitions for topic in found.values()} == {6}
    assert {topic: each.storage for topic, each in found.items()} == {
        RAW_TOPIC: Storage(2, 1, retention=36 * 60 * 60.0, compact=True),
        ENRICHED_TOPIC: Storage(2, 1, retention=math.inf, compact=True),
        DEAD_LETTER_TOPIC: Storage(2, 1, retention=math.inf),
    }
    resource = ConfigResource(ConfigResourceType.TOPIC, RAW_TOPIC)
    config = admin.describe_configs([resource], config_filter="all")["topic"][RAW_TOPIC]
    assert config["cleanup.policy"]["value"] == "compact,delete"
    assert config["min.compaction.lag.ms"]["value"] == "86400000"
    assert "warning: news.raw: replication is 2 on 3 brokers" in done.stdout


def test_a_topic_gets_more_partitions_and_never_fewer(cluster, broker):
    create(cluster)
    done = create(cluster, "--partitions", "6")
    assert done.stdout.splitlines()[:-1] == [
        f"{topic}: 6 partitions now, 4 before" for topic in ALL[:-1]
    ]
    assert [broker.partitions(topic) for topic in ALL] == [6, 6, 6, 6, 1]

    fewer = create(cluster, "--partitions", "5", "--retention", "raw=1d")
    assert fewer.returncode == 1
    assert fewer.stderr == (
        "newsline: news.raw has 6 partitions, which cannot be reduced:"
        " give --partitions 6 or more\n"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--replication", "4"], "--replication 4 needs as many brokers; the cluster has 3"),
        (["--min-isr", "4"], "--min-isr 4 of 3 copies: nothing could be written"),
        (["--replication", "1", "--min-isr", "2"], "--min-isr 2 of 1 copies"),
        (["--retention", "news.raw=7d"], "--retention 'news.raw=7d' is not TOPIC=DURATION"),
        (["--retention", "raw=7"], "--retention 'raw=7' is not TOPIC=DURATION"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_made(cluster, broker, options, said):
    done = create(cluster, *options)
    assert done.returncode == 1
    assert done.stderr.startswith(f"newsline: {said}")
    assert done.stderr.count("\n") == 1
    assert broker.describe(RAW_TOPIC) is None


def test_what_differs_is_mended_by_the_commands_that_are_told(cluster, broker, admin):
    """Kafka's own tool is given what ``topics create`` has printed."""
    make_plainly(admin)
    alter(admin, ENRICHED_TOPIC, min_insync_replicas="3", unclean_leader_election_enable="true")
    options = ("--retention", "raw=2d", "--compact", "raw", "--compact", "enriched")
    done = create(cluster, *options, "--min-isr", "2")
    assert done.returncode == 1
    assert done.stderr == "newsline: topics need correction: run the commands above\n"
    commands = [line for line in done.stdout.splitlines() if "kafka-configs.sh" in line]
    assert len(commands) == len(TOPICS)
    for command in commands:
        tool, *arguments = shlex.split(command)
        assert tool == "kafka-configs.sh"
        classpath = ["java", "-cp", f"{downloads.kafka()}/*", "kafka.admin.ConfigCommand"]
        subprocess.run([*classpath, *arguments], check=True, capture_output=True)

    mended = create(cluster, *options, "--min-isr", "2")
    assert (mended.returncode, mended.stderr) == (0, "")
    assert "warning" not in mended.stdout
    raw, enriched = (broker.describe(topic).storage for topic in (RAW_TOPIC, ENRICHED_TOPIC))
    assert raw == Storage(3, 2, retention=2 * 24 * 60 * 60.0, compact=True)
    assert enriched == Storage(3, 2, retention=math.inf, compact=True)


@pytest.mark.parametrize("command", ["run", "poll", "enrich"])
def test_topics_that_a_broker_has_made_by_itself_end_whoever_would_use_them(
    cluster, admin, broker, command, tmp_path
):
    make_plainly(admin)
    broker.producer("test").commit([raw_message(raw_article(1))])
    places = {
        "run": ("http://127.0.0.1:9/feed", "--data", str(tmp_path)),
        "poll": (
            "http://127.0.0.1:9/feed",
            *("--state", str(tmp_path / "state.db"), "--contact", "https://operator.example/"),
        ),
        "enrich": (),
    }
    done = newsline(command, *places[command], "--broker", cluster.address, *STATUS)
    least = MAX_BYTES[RAW_TOPIC] + OVERHEAD_BYTES
    assert done.returncode == 1
    assert done.stderr.startswith(
        "newsline: the topics cannot be used: news.raw: max.message.bytes is 1048588, less than"
        f" the {least} of the largest record; news.enriched: "
    )
    assert done.stderr.endswith("; newsline topics create prints the commands that correct them\n")
    assert done.stderr.count("\n") == 1
    assert contents.states(broker, "newsline-enrich")[0].lag == 1


def test_what_is_only_unusual_is_a_warning_in_one_line(cluster, admin, broker):
    create(cluster)
    alter(admin, RAW_TOPIC, message_timestamp_type="CreateTime", retention_ms="3600000")
    alter(admin, DEAD_LETTER_TOPIC, min_insync_replicas="1")
    broker.producer("test").commit([raw_message(raw_article(1))])
    options = ("--broker", cluster.address, "--until-caught-up", "--children", "1", *STATUS)
    done = newsline("enrich", *options)
    assert done.returncode == 0, done.stderr
    warning, _greeting = done.stderr.splitlines()
    assert warning == (
        "newsline: warning: news.raw: message.timestamp.type is not LogAppendTime: lag uses the"
        " writers' clocks; news.raw: retention.ms is 3600000: a job down for longer loses news;"
        " news.dead-letter: min.insync.replicas is 1 of 3: one broker lost can lose news;"
        " newsline topics create prints the commands that correct them"
    )
    assert create(cluster).returncode == 0


def test_a_min_isr_above_the_copies_is_taken_as_this_kafka_takes_it(cluster, admin, broker):
    """Kafka 4 lowers it to the copies; older ones refuse every write."""
    create(cluster, "--replication", "1")
    alter(admin, RAW_TOPIC, min_insync_replicas="2")
    assert broker.describe(RAW_TOPIC).storage.min_isr == 1
    broker.producer("test").commit([raw_message(raw_article(1))])
    everything(broker, RAW_TOPIC, 1)
    done = create(cluster)
    assert done.returncode == 0
    assert "nothing can be written" not in done.stdout


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_with_one_broker_lost_writing_and_reading_go_on_and_nothing_is_lost(cluster, broker):
    create(cluster)
    commit_up_to(broker, 200)
    cluster.servers[2].kill()
    try:
        commit_up_to(broker, 400)
        numbers = Counter(int(record.value) for record in everything(broker, RAW_TOPIC, 400))
        assert numbers == Counter(range(400))
    finally:
        cluster.servers[2].start()
        until(lambda: in_sync(cluster), what="the third copy")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_while_the_brokers_are_restarted_one_by_one_writing_goes_on(cluster, broker):
    create(cluster)
    restarted = threading.Event()
    with ThreadPoolExecutor() as threads:
        counting = threads.submit(count_until, restarted, broker)
        try:
            for server in cluster.servers:
                server.stop()
                server.start()
                until(lambda: in_sync(cluster), what="the copies")
        finally:
            restarted.set()
        count = counting.result()
    numbers = Counter(int(record.value) for record in everything(broker, RAW_TOPIC, count))
    assert numbers == Counter(range(count))


def count_until(end: threading.Event, broker: Broker) -> int:
    """Commit numbers, ten in a transaction, until ``end``; returns their count."""
    producer, count = broker.producer("count"), 0
    while not end.wait(0.1):
        messages = [Message(RAW_TOPIC, b"%d" % n, b"%d" % n) for n in range(count, count + 10)]
        try:
            producer.commit(messages, Position("count", ENRICHED_TOPIC, 0, count + 10))
            count += 10
        except BrokerUnreachable:
            producer = persist(lambda: broker.producer("count"))
            count = persist(lambda: broker.committed("count", ENRICHED_TOPIC))[0]
    producer.close()
    return count


def commit_up_to(broker: Broker, count: int) -> None:
    """Numbers from the committed one on, ten in a transaction, begun again after each failure."""

    def go_on() -> bool:
        try:
            (done,) = broker.committed("count", ENRICHED_TOPIC)[:1]
            producer = broker.producer("count")
            (done,) = broker.committed("count", ENRICHED_TOPIC)[:1]
            while done < count:
                numbers = range(done, done + 10)
                messages = [Message(RAW_TOPIC, b"%d" % n, b"%d" % n) for n in numbers]
                producer.commit(messages, Position("count", ENRICHED_TOPIC, 0, done + 10))
                done += 10
            producer.close()
        except BrokerUnreachable:
            return False
        return True

    until(go_on, what=f"number {count}")


def in_sync(cluster: KafkaCluster) -> bool:
    with KafkaAdminClient(bootstrap_servers=servers(cluster)) as admin:
        described = admin.describe_topics(list(TOPICS))
    copies = [place["isr_nodes"] for topic in described for place in topic["partitions"]]
    return all(len(each) == len(cluster.servers) for each in copies)


def make_plainly(admin: KafkaAdminClient) -> None:
    """As a broker does with auto.create.topics.enable, but with copies."""
    admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 3} for topic in TOPICS})
    admin.wait_for_topics(list(TOPICS))
