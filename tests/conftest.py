"""Fixtures that several test packages share: the brokers, Flink, the stores of the state."""

from __future__ import annotations

import gc
import os
import signal
import uuid
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings

from connectors.state import State
from deploy.local import downloads
from deploy.local.flink import FlinkCluster
from deploy.local.kafka import KafkaServer
from newsline import log_output
from newsline.broker import Broker, connect
from newsline.cli import last_run
from newsline.errors import OperatorError
from newsline.log_lines import LogForm
from tests.support.missing import missing
from tests.support.postgres import PostgresServer

# A shell starts what it runs beside itself with SIGINT ignored, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A deadline measures the machine: on a busy one, 200 ms are over without any fault.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

MARKED_BY_FIXTURE = {
    "flink": ("flink", "local"),
    "kafka": ("kafka", "mortal_kafka", "job_kafka", "local"),
    "postgres": ("postgres", "mortal_postgres"),
    "browser": ("browser",),
    "slow": ("java", "job_server", "compose"),  # what is downloaded or built for them
}
"""The marks of a test that uses one of the fixtures. A fixture with several servers to choose from
has the mark at its parameter."""

LONGEST_FIRST = ("flink", "kafka", "slow", "postgres")
"""Files begin in this order of their tests' marks: a long one at the end would run alone."""


_last_run: dict[str, bytes | None] = {}


def pytest_configure(config: pytest.Config) -> None:
    """Commands under test run in the checkout: keep what the developer ran last there."""
    if not hasattr(config, "workerinput"):
        file = last_run.FILE.absolute()
        _last_run[str(file)] = file.read_bytes() if file.exists() else None


def pytest_unconfigure() -> None:
    for path, content in _last_run.items():
        if content is not None:
            Path(path).write_bytes(content)
        else:
            Path(path).unlink(missing_ok=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures that they use, and sort their files."""
    ranks: dict[Path, int] = {}
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        for mark, names in MARKED_BY_FIXTURE.items():
            if not fixtures.isdisjoint(names):
                item.add_marker(mark)
        rank = next((n for n, mark in enumerate(LONGEST_FIRST) if item.get_closest_marker(mark)), 9)
        ranks[item.path] = min(rank, ranks.get(item.path, rank))
    items.sort(key=lambda item: ranks[item.path])


os.umask(0o077)  # as newsline's commands set it: files of tests cause no warning


@pytest.fixture(autouse=True)
def bare_lines() -> None:
    """A command that another test ran in this process has chosen another form."""
    log_output.start(LogForm.TEXT, times=False, debug=False)


@pytest.fixture(scope="session")
def java() -> None:
    """Skips the test where Java or Maven is missing, and fails it there when ``CI=true``."""
    try:
        downloads.require_java()
    except OperatorError as error:
        missing(str(error))


@pytest.fixture(scope="session")
def kafka(java: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """One real Kafka for the whole run; tests keep apart by the names of their topics."""
    with KafkaServer(tmp_path_factory.mktemp("kafka")) as server:
        yield server


@pytest.fixture
def mortal_kafka(java: None, tmp_path: Path) -> Iterator[KafkaServer]:
    """A real Kafka of the test's own, to be killed."""
    with KafkaServer(tmp_path) as server:
        yield server
    with warnings.catch_warnings():
        # kafka-python 3.0.12 leaves the sockets of refused connections to the collector.
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="session")
def flink(java: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlinkCluster]:
    """One real Flink for the whole run, with two slots: a test leaves no job behind."""
    with FlinkCluster(tmp_path_factory.mktemp("flink")) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def job_server(java: None) -> Path:
    """The jar that goes with a job to Flink."""
    return downloads.job_server()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One real PostgreSQL for the whole run; each test has a database of its own."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def mortal_postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL of the test's own, to be stopped."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_state_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty state on each store in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "deep" / "state.db")
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def any_state(any_state_address: str) -> Iterator[State]:
    with closing(State(any_state_address)) as state:
        yield state


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
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
