"""TLS and SASL, against a real Kafka that asks for them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourceType,
)

from newsline.broker import BrokerError, BrokerUnreachable, Message, Position, connect
from newsline.broker.kafka import admin as kafka_admin
from newsline.broker.kafka import client, patches
from newsline.broker.kafka.security import VARIABLES
from newsline.topics import contents
from tests.support.certificates import Authority
from tests.support.command import newsline
from tests.support.news_site import Site, rss
from tests.support.secured_kafka import LIMITED, PASSWORD, ROLES, SecuredKafka

GUIDE = (Path(__file__).parents[2] / "docs" / "how-to" / "secure-kafka.md").read_text()
SECRET = "never to be told"
QUICK = ("--children", "1", "--without", "entities", "--without", "topic_tags")
FEED = rss(
    [
        (
            "http://127.0.0.1/1",
            "The harbour opens again",
            "<p>" + "Ships come in again. " * 20 + "</p>",
        )
    ]
)
MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
IGNORE_SOCKETS = pytest.mark.filterwarnings("ignore::ResourceWarning")
"""kafka-python 3.0.12 leaves the sockets of failed handshakes to the collector."""


@pytest.fixture(scope="module")
def kafka(java: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    with SecuredKafka(tmp_path_factory.mktemp("kafka")) as server:
        yield server


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch):
    """Set these variables, and no others of Kafka's security."""

    def say(variables: dict[str, str]) -> None:
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return say


def go_round(address: str, name: str) -> None:
    """Admin client, producer, reader and group, each with connections of its own."""
    with connect(address) as broker:
        broker.ensure_topic(name, 1, 10_000)
        with closing(broker.producer(name)) as producer:
            producer.commit([Message(name, b"key", b"value")], Position(name, name, 0, 1))
        (record,) = broker.read(name, 0, 0, limit=10, wait=10)
        assert record.value == b"value"
        assert list(broker.committed(name, name)) == [1]
        assert list(broker.lag(name, name)) == [0]


def test_tls_with_a_certificate_on_both_sides(kafka, say, name):
    say(kafka.tls(kafka.authority.sign("client")))
    go_round(kafka.addresses["MUTUAL"], name)


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_user_and_password_over_tls(kafka, say, name, mechanism):
    say(kafka.login(mechanism))
    go_round(kafka.addresses["PASSWORD"], name)


def test_user_and_password_in_the_clear_where_that_is_asked_for(kafka, say, name):
    variables = kafka.login("scram-sha-256") | {"NEWSLINE_KAFKA_SECURITY": "SASL_PLAINTEXT"}
    say(variables | {"NEWSLINE_KAFKA_CA": ""})
    go_round(kafka.addresses["OPEN"], name)


def test_certificate_and_key_may_be_one_file(kafka, say, name):
    own = kafka.authority.sign("client")
    say(kafka.tls() | {"NEWSLINE_KAFKA_CERTIFICATE": str(own.both)})
    go_round(kafka.addresses["MUTUAL"], name)


def test_the_password_may_be_in_a_file(kafka, say, name, tmp_path):
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    say(
        kafka.login("PLAIN", password="")
        | {"NEWSLINE_KAFKA_PASSWORD_FILE": str(tmp_path / "password")}
    )
    go_round(kafka.addresses["PASSWORD"], name)


@IGNORE_SOCKETS
@pytest.mark.parametrize(
    ("listener", "variables", "said"),
    [
        (
            "MUTUAL",
            lambda kafka: kafka.tls(),
            "it refuses our certificate (bad certificate): check NEWSLINE_KAFKA_CERTIFICATE",
        ),
        (
            "MUTUAL",
            lambda kafka: kafka.tls(stranger(kafka)),
            "our certificate (certificate unknown)",
        ),
        (
            "MUTUAL",
            lambda kafka: kafka.tls(expired(kafka)),
            "our certificate (certificate unknown)",
        ),
        ("STRANGER", lambda kafka: kafka.tls(), "certificate is for another host (IP address mis"),
        ("OUTDATED", lambda kafka: kafka.tls(), "is not trusted (certificate has expired)"),
        (
            "TLS",
            lambda kafka: {"NEWSLINE_KAFKA_SECURITY": "ssl"},
            "check it and NEWSLINE_KAFKA_CA",
        ),
        ("TLS", lambda kafka: {}, "does it expect plaintext? Check NEWSLINE_KAFKA_SECURITY"),
        ("PASSWORD", lambda kafka: kafka.tls(), "does it expect ssl? Check NEWSLINE_KAFKA_SEC"),
        ("PASSWORD", lambda kafka: kafka.login("PLAIN", SECRET), "check NEWSLINE_KAFKA_USER and"),
        ("PASSWORD", lambda kafka: kafka.login("SCRAM-SHA-256", SECRET), "it refuses our login"),
        ("PASSWORD", lambda kafka: kafka.login("SCRAM-SHA-512", user="nobody"), "our login"),
        (
            "OPEN",
            lambda kafka: in_the_clear(kafka, "PLAIN"),
            "it does not support PLAIN: check NEW",
        ),
    ],
)
def test_who_is_refused_or_refuses_is_told_which_variable_to_look_at(
    kafka, say, listener, variables, said
):
    say(variables(kafka))
    begun = time.monotonic()
    with pytest.raises(BrokerError) as error:
        connect(kafka.addresses[listener])
    assert said in str(error.value)
    assert time.monotonic() - begun < 5
    assert_one_line_without_secrets(str(error.value))


def stranger(kafka):
    """Signed by somebody whom the broker does not know."""
    return Authority(kafka.authority.ca.parent, "somebody").sign("client")


def expired(kafka):
    return kafka.authority.sign("client", valid=timedelta())


def in_the_clear(kafka, mechanism):
    variables = kafka.login(mechanism) | {"NEWSLINE_KAFKA_SECURITY": "sasl_plaintext"}
    return variables | {"NEWSLINE_KAFKA_CA": "", "NEWSLINE_KAFKA_PLAIN_WITHOUT_TLS": "yes"}


def assert_one_line_without_secrets(said: str) -> None:
    assert "\n" not in said
    assert SECRET not in said
    assert PASSWORD not in said


@IGNORE_SOCKETS
def test_a_password_that_is_changed_under_a_running_process_is_told_at_its_next_connection(
    kafka, say, name
):
    say(kafka.login("PLAIN"))
    with connect(kafka.addresses["PASSWORD"]) as broker:
        broker.ensure_topic(name, 1, 10_000)
        say(kafka.login("PLAIN", SECRET))
        with pytest.raises(BrokerError, match="it refuses our login") as error:
            broker.producer(name)
    assert_one_line_without_secrets(str(error.value))


def test_run_and_its_processes_log_in_and_need_no_more_than_the_acls_of_the_guide(kafka, tmp_path):
    own = kafka.login("PLAIN", user=LIMITED)
    broker = ("--broker", kafka.addresses["PASSWORD"])
    assert newsline("topics", "create", "--broker", kafka.address).returncode == 0
    refused = newsline("topics", *broker, **own)
    assert "denies access (Topic): check our user's ACLs" in refused.stderr
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    with KafkaAdminClient(bootstrap_servers=kafka.address.removeprefix("kafka://")) as admin:
        assert not admin.create_acls(list(acls_of_the_guide()))["failed"]
    options = ("--data", str(tmp_path), "--status", "127.0.0.1:0")
    done = newsline("run", *broker, *options, **own)
    assert (done.returncode, done.stderr) == (0, "")
    with connect(kafka.address) as connection:
        raw, enriched, dead = contents.states(connection, "newsline-enrich")
    assert (raw.lag, dead.end) == (0, 0)
    assert enriched.end > 0


def test_each_role_needs_no_more_than_its_acls_of_the_guide(kafka, tmp_path):
    with KafkaAdminClient(bootstrap_servers=kafka.address.removeprefix("kafka://")) as admin:
        assert not admin.create_acls(list(acls_of_the_roles()))["failed"]

    def done(role: str, *command: str) -> None:
        broker = ("--broker", kafka.addresses["PASSWORD"])
        ended = newsline(*command, *broker, **kafka.login("PLAIN", user=f"newsline-{role}"))
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert "denie" not in ended.stdout + ended.stderr

    free = ("--status", "127.0.0.1:0")
    with Site(lambda path: (200, "application/rss+xml", FEED) if path == "/feed" else None) as site:
        polled = (f"{site.url}/feed", "--allow", site.host, "--state", str(tmp_path / "state.db"))
        done("topics", "topics", "create")
        done("connectors", "poll", *polled, "--once", "--workers", "1", *free)
    done("enrich", "enrich", "--until-caught-up", *QUICK, *free)
    done("topics", "topics")
    done("monitor", "status", "--state", str(tmp_path / "state.db"))
    with connect(kafka.address) as connection:
        raw, enriched, _ = contents.states(connection, "newsline-enrich")
    assert raw.lag == 0
    assert enriched.end > 0


def acls_of_the_guide() -> Iterator[ACL]:
    """Those of its table for one user: resource, name or prefix, and operations in each row."""
    rows = re.findall(
        r"^\| (topic|group|transactional id) \| `(.+?)`(.*?) \| (.+) \|$", GUIDE, re.M
    )
    assert len(rows) == 3
    for row in rows:
        yield from acls(LIMITED, *row)


def acls_of_the_roles() -> Iterator[ACL]:
    """Those of its table with a user for each role."""
    rows = re.findall(
        r"^\| `(newsline-\w+)` \| .+? \| ([\w ]+) \| `(.+?)`(.*?) \| (.+) \|$", GUIDE, re.M
    )
    assert {row[0] for row in rows} == set(ROLES)
    for row in rows:
        yield from acls(*row)


def acls(user: str, kind: str, name: str, prefixed: str, operations: str) -> Iterator[ACL]:
    resource = ResourcePattern(
        ResourceType[kind.replace(" ", "_").upper()],
        name,
        ACLResourcePatternType["PREFIXED" if prefixed else "LITERAL"],
    )
    for operation in operations.split(", "):
        snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).upper()
        yield ACL(f"User:{user}", "*", ACLOperation[snake], ACLPermissionType.ALLOW, resource)


@IGNORE_SOCKETS
def test_a_broker_that_hangs_is_given_up_in_time_over_tls_too(
    java, tmp_path, say, name, monkeypatch
):
    for module in (client, kafka_admin):
        monkeypatch.setattr(module, "ANSWER_SECONDS", 2.0)
    monkeypatch.setattr(patches, "HANDSHAKE_SECONDS", 2.0)
    with SecuredKafka(tmp_path) as kafka:
        say(kafka.login("SCRAM-SHA-256"))
        broker = connect(kafka.addresses["PASSWORD"])
        broker.ensure_topic(name, 1, 10_000)
        kafka.pause()
        for ask in (
            lambda: connect(kafka.addresses["PASSWORD"]),
            lambda: broker.end_offsets(name),  # on the connection that is there
            lambda: broker.end_offsets(name),  # on a new one
        ):
            begun = time.monotonic()
            with pytest.raises(BrokerUnreachable, match="does not answer"):
                ask()
            assert time.monotonic() - begun < 15
        kafka.kill()
