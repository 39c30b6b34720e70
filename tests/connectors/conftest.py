"""Fixtures for the code that joins the connector's parts: all of them real, on 127.0.0.1."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from connectors.poll.wiring import CHILD_MEMORY
from connectors.state import State
from newsline.broker import Broker, connect
from newsline.sandbox.pool import Sandbox
from newsline.topics import contents
from tests.support.connector_harness import ConnectorHarness, open_harness
from tests.support.http_server import Server, serve


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with closing(Sandbox(2, memory_bytes=CHILD_MEMORY)) as sandbox:
        yield sandbox


@pytest.fixture
def broker_address(tmp_path: Path) -> str:
    return f"embedded:{tmp_path / 'broker.db'}"


@pytest.fixture
def broker(broker_address: str) -> Iterator[Broker]:
    with connect(broker_address) as broker:
        contents.ensure(broker)
        yield broker


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with closing(State(str(tmp_path / "state.db"))) as state:
        yield state


@pytest.fixture
async def site() -> AsyncIterator[Server]:
    async with serve() as site:
        yield site


@pytest.fixture
async def harness(
    site: Server, broker: Broker, broker_address: str, state: State, sandbox: Sandbox
) -> AsyncIterator[ConnectorHarness]:
    async with open_harness(
        site, broker, broker_address, state, parsing=sandbox, extracting=sandbox
    ) as harness:
        yield harness
