"""docs/how-to/back-up-and-restore.md: its commands are run, and the articles counted after them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from connectors.publish.publisher import Publisher
from connectors.state import State, StateError
from newsline.broker import Broker, connect
from newsline.outcomes import EntryOutcome
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC
from newsline.topics import contents
from tests.connectors.publish.test_publisher import candidate
from tests.support import debian
from tests.support.command import newsline
from tests.support.connector_harness import published
from tests.support.postgres import PostgresServer, binaries

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "back-up-and-restore.md"
BEFORE, AFTER = range(1, 21), range(21, 31)
"""Articles that are published before and after the backup."""


def commands(section: str) -> list[str]:
    """The blocks of shell commands in a section of the page, in order."""
    sections = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)
    (text,) = [each for each in sections if each.startswith(f"{section}\n")]
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def run(tmp_path) -> Callable[..., None]:
    """Runs a block of commands as an operator does, who stops at the first error."""

    def run(block: str, **environment: str) -> None:
        done = subprocess.run(
            ["bash", "-euc", block],
            cwd=tmp_path,
            env=os.environ | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    return run


@pytest.fixture
def sqlite3_path() -> str:
    directory = debian.program("sqlite3", "sqlite3").parent
    return f"{directory}:{os.environ['PATH']}"


@pytest.fixture
def postgres_path() -> str:
    return f"{binaries()}:{os.environ['PATH']}"


def publish(address: str, state: str, numbers: Sequence[int]) -> list[EntryOutcome]:
    with connect(address) as broker, closing(State(state)) as opened:
        contents.ensure(broker)
        with closing(Publisher(broker, address, opened)) as publisher:
            return list(publisher.publish([candidate(number) for number in numbers]))


def on_news_raw(address: str) -> Counter[str]:
    """How often each article is on news.raw, by its URL."""
    with connect(address) as broker:
        return Counter(article.url for article in published(broker))


def once(numbers: Sequence[int]) -> Counter[str]:
    return Counter(candidate(number).article.url for number in numbers)


def test_embedded_files_are_backed_up_while_articles_come_and_nothing_is_lost_or_doubled(
    tmp_path, run, sqlite3_path
):
    back_up, restore = commands("Embedded broker and SQLite state")
    (tmp_path / "data").mkdir()
    state, broker = str(tmp_path / "data/state.db"), f"embedded:{tmp_path / 'data/broker.db'}"
    publish(broker, state, BEFORE)
    acknowledged, stop = list(BEFORE), threading.Event()

    def go_on() -> None:
        with connect(broker) as opened, closing(State(state)) as its_state:
            publisher = Publisher(opened, broker, its_state)
            for number in count(BEFORE.stop):
                publisher.publish([candidate(number)])
                acknowledged.append(number)
                if stop.is_set():
                    return

    connector = threading.Thread(target=go_on)
    connector.start()
    while len(acknowledged) < len(BEFORE) + 3:
        stop.wait(0.01)
    certain = list(acknowledged)
    run(back_up, PATH=sqlite3_path)
    stop.set()
    connector.join()
    run(restore)
    restored = on_news_raw(broker)
    assert restored >= once(certain)
    publish(broker, state, acknowledged)
    assert on_news_raw(broker) == once(acknowledged)


def test_the_job_continues_a_restored_broker_and_enriches_each_article_once(
    tmp_path, run, sqlite3_path
):
    back_up, restore = commands("Embedded broker and SQLite state")
    (tmp_path / "data").mkdir()
    state, broker = str(tmp_path / "data/state.db"), f"embedded:{tmp_path / 'data/broker.db'}"
    enrich = ("enrich", "--broker", broker, "--until-caught-up", "--status", "127.0.0.1:0")
    enrich += ("--children", "1", *(f"--without={name}" for name in ("entities", "topic_tags")))
    publish(broker, state, BEFORE)
    assert newsline(*enrich).returncode == 0
    publish(broker, state, AFTER)
    run(back_up, PATH=sqlite3_path)
    run(restore)
    assert newsline(*enrich).returncode == 0
    with connect(broker) as opened:
        enriched = records(opened, ENRICHED_TOPIC)
    assert set(enriched.values()) == {1}
    assert len(enriched) == len(BEFORE) + len(AFTER)


def records(broker: Broker, topic: str) -> Counter[bytes]:
    """How often each key is on the topic."""
    return Counter(
        record.key
        for partition in range(broker.partitions(topic))
        for record in broker.read(topic, partition, 0, limit=1_000)
    )


def test_a_state_that_is_older_than_the_topics_reads_back_what_came_since(
    tmp_path, run, sqlite3_path
):
    back_up, _ = commands("Embedded broker and SQLite state")
    (tmp_path / "data").mkdir()
    state, broker = str(tmp_path / "data/state.db"), f"embedded:{tmp_path / 'data/broker.db'}"
    publish(broker, state, BEFORE)
    run(back_up, PATH=sqlite3_path)
    publish(broker, state, AFTER)
    older = str(tmp_path / "backup/state.db")
    assert set(publish(broker, older, [*BEFORE, *AFTER])) == {EntryOutcome.UNCHANGED}
    assert on_news_raw(broker) == once([*BEFORE, *AFTER])


def test_a_state_that_is_newer_than_the_topics_is_refused_and_an_empty_one_is_read_back(
    tmp_path, run, sqlite3_path
):
    back_up, _ = commands("Embedded broker and SQLite state")
    (tmp_path / "data").mkdir()
    state, broker = str(tmp_path / "data/state.db"), f"embedded:{tmp_path / 'data/broker.db'}"
    publish(broker, state, BEFORE)
    run(back_up, PATH=sqlite3_path)
    publish(broker, state, AFTER)
    for file in (tmp_path / "data").glob("broker.db*"):
        file.unlink()
    shutil.copy(tmp_path / "backup/broker.db", tmp_path / "data")
    with pytest.raises(StateError, match=r"news.raw ends at offset \d+ in partition \d+, and the"):
        publish(broker, state, AFTER)
    publish(broker, str(tmp_path / "data/empty.db"), [*BEFORE, *AFTER])
    assert on_news_raw(broker) == once([*BEFORE, *AFTER])


def test_a_dump_of_postgresql_is_restored_and_reads_back_what_came_since(
    tmp_path, run, postgres, postgres_path
):
    dump, restore, _ = commands("PostgreSQL")
    broker = f"embedded:{tmp_path / 'broker.db'}"
    state, empty = postgres.new_database(), postgres.new_database()
    publish(broker, state, BEFORE)
    run(dump, NEWSLINE_STATE=state, PATH=postgres_path)
    publish(broker, state, AFTER)
    run(restore, NEWSLINE_STATE=empty, PATH=postgres_path)
    assert set(publish(broker, empty, [*BEFORE, *AFTER])) == {EntryOutcome.UNCHANGED}
    assert on_news_raw(broker) == once([*BEFORE, *AFTER])


def test_a_base_backup_of_postgresql_is_a_server_that_reads_back_what_came_since(
    tmp_path, run, postgres, postgres_path
):
    _, _, base_backup = commands("PostgreSQL")
    broker = f"embedded:{tmp_path / 'broker.db'}"
    state = postgres.new_database()
    publish(broker, state, BEFORE)
    (tmp_path / "backup").mkdir()
    run(base_backup, NEWSLINE_STATE=state, PATH=postgres_path)
    publish(broker, state, AFTER)
    with PostgresServer(tmp_path / "backup" / "postgres") as restored:
        again = restored.address(state.rpartition("/")[2])
        assert set(publish(broker, again, [*BEFORE, *AFTER])) == {EntryOutcome.UNCHANGED}
    assert on_news_raw(broker) == once([*BEFORE, *AFTER])


def test_kafka_s_directories_are_restored_and_only_an_empty_state_fits_them(
    tmp_path, run, mortal_kafka
):
    back_up, restore = commands("Kafka")
    logs = {"KAFKA_LOG_DIRS": str(tmp_path / "data")}
    state = str(tmp_path / "state.db")
    publish(mortal_kafka.address, state, BEFORE)
    mortal_kafka.stop()
    run(back_up, **logs)
    mortal_kafka.start()
    for half in (AFTER[:5], AFTER[5:]):  # the end of news.raw is known from the second one on
        publish(mortal_kafka.address, state, half)
    mortal_kafka.stop()
    run(restore, **logs)
    mortal_kafka.start()
    assert on_news_raw(mortal_kafka.address) == once(BEFORE)
    with pytest.raises(StateError, match=f"{RAW_TOPIC} ends at offset"):
        publish(mortal_kafka.address, state, AFTER)
    publish(mortal_kafka.address, str(tmp_path / "empty.db"), [*BEFORE, *AFTER])
    assert on_news_raw(mortal_kafka.address) == once([*BEFORE, *AFTER])
