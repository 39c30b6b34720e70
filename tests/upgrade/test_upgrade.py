"""What earlier versions left behind is opened, upgraded and continued, without loss or doubles.

version-1 has a state and a broker of version 1, version-2 both of version 2, version-3 a state of
version 3 and a broker of version 2.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from connectors.publish.publisher import Publisher
from connectors.state import State, tables
from newsline.broker import Broker, BrokerError, Record, Storage, connect, embedded_file
from newsline.outcomes import EntryOutcome
from newsline.records import (
    DEAD_LETTER_TOPIC,
    ENRICHED_TOPIC,
    RAW_TOPIC,
    decode_dead_letter,
    decode_enriched,
    decode_raw,
)
from newsline.topics import contents
from tests.connectors.publish.test_publisher import HERE, candidate
from tests.support.example_records import article_id
from tests.support.write_golden_files import BROKER, enrich

HERE_FILES = Path(__file__).parent


@pytest.fixture(params=["version-1", "version-2", "version-3"])
def files(request, tmp_path, monkeypatch) -> Path:
    """The directory of a version's files. The broker is in the working directory."""
    monkeypatch.chdir(tmp_path)
    golden = HERE_FILES / request.param
    load(golden / "broker.sql", tmp_path / "broker.db")
    return golden


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def state_address(request, files, tmp_path) -> str:
    if request.param == "sqlite":
        load(files / "state.sql", tmp_path / "state.db")
        return "state.db"
    address = request.getfixturevalue("postgres").new_database()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute((files / "state.postgresql.sql").read_text())
    return address


def load(dump: Path, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(dump.read_text())


def records(broker: Broker, topic: str) -> list[Record]:
    numbers = range(broker.partitions(topic))
    return [record for n in numbers for record in broker.read(topic, n, 0, limit=1_000)]


def ids(broker: Broker, topic: str) -> Counter[str]:
    return Counter(record.key.decode() for record in records(broker, topic))


def once(*numbers: int) -> Counter[str]:
    return Counter(article_id(number) for number in numbers)


def test_connectors_continue_an_older_state_and_broker(files, state_address):
    with connect(BROKER) as broker, closing(State(state_address)) as state:
        contents.ensure(broker)
        feed = state.feed(HERE)
        assert (feed.validators.etag, feed.next_poll) == ('"v1"', 1_700_000_900.0)
        assert state.entries(feed.id, ["1"])["1"].outcome == "published"
        publisher = Publisher(broker, BROKER, state)
        outcomes = publisher.publish([candidate(number) for number in (1, 2, 3, 4)])
        assert outcomes == [*3 * [EntryOutcome.UNCHANGED], EntryOutcome.PUBLISHED]
        assert ids(broker, RAW_TOPIC) == once(1, 2, 3, 4) + Counter(["k"])


def test_the_job_continues_an_older_broker_and_its_records_are_read(files):
    enrich()
    with connect(BROKER) as broker:
        assert ids(broker, ENRICHED_TOPIC) == once(1, 2, 3)
        for record in records(broker, ENRICHED_TOPIC):
            assert decode_enriched(record.value).article_id == record.key.decode()
        (dead,) = records(broker, DEAD_LETTER_TOPIC)
        assert decode_dead_letter(dead.value).topic == RAW_TOPIC
        raw = [each for each in records(broker, RAW_TOPIC) if each.key != b"k"]
        assert {decode_raw(each.value).title for each in raw} == {"Harbour reopens"}
        assert broker.lag("newsline-enrich", RAW_TOPIC) == [0, 0, 0, 0]


def test_a_retention_by_size_counts_what_an_older_version_wrote(files):
    with connect(BROKER) as broker:
        broker.change_retention(ENRICHED_TOPIC, Storage(size=1))
        assert records(broker, ENRICHED_TOPIC) == []


def test_a_newer_broker_file_is_refused_in_one_line(tmp_path):
    with connect(f"embedded:{tmp_path / 'broker.db'}"):
        pass
    newer = embedded_file.VERSION + 1
    with closing(sqlite3.connect(tmp_path / "broker.db")) as connection:
        connection.execute(f"PRAGMA user_version = {newer}")
    with pytest.raises(BrokerError) as refused:
        connect(f"embedded:{tmp_path / 'broker.db'}")
    assert str(refused.value) == (
        f"{tmp_path / 'broker.db'} was written by a newer newsline: its tables have version"
        f" {newer}, this newsline needs {embedded_file.VERSION}: install the newer one again"
    )


def test_there_are_files_of_every_state_that_can_be_upgraded():
    there = {path.name for path in HERE_FILES.glob("version-*")}
    assert there == {f"version-{number}" for number in range(1, tables.VERSION + 1)}
