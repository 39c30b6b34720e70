"""The page as a process serves it, in a condition that the test chooses and may change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from newsline.broker import Broker, Message, connect
from newsline.monitor.monitor import Monitor, MonitorSources
from newsline.monitor.snapshot import Status
from newsline.page.routes import live_page
from newsline.page.search import Searchable
from newsline.records import DEAD_LETTER_TOPIC, encode
from newsline.service import status
from newsline.service.access import StatusAccess
from newsline.service.status import Probes
from newsline.topics import contents
from tests.support import example_status
from tests.support.example_records import enriched_message

WELL = Probes(live=lambda: None, ready=lambda: None)


@dataclass
class Pipeline:
    """``condition``: one of the example statuses; what reads it may fail or stop, too."""

    broker: Broker
    address: str
    condition: str = "empty"
    failure: Exception | None = None

    def becomes(self, condition: str) -> None:
        """With the newest records that belong to it."""
        self.condition = condition
        recent = example_status.recent(condition)
        messages = [enriched_message(article) for _, article in reversed(recent.articles)]
        messages += [
            Message(DEAD_LETTER_TOPIC, letter.key, encode(letter)) for _, letter in recent.letters
        ]
        if messages:
            self.broker.producer("test").commit(messages)

    def status(self) -> Status:
        if self.failure:
            raise self.failure
        return example_status.STATUSES[self.condition]()

    @asynccontextmanager
    async def served(self, access: StatusAccess = StatusAccess()) -> AsyncIterator[str]:  # noqa: B008
        where = Searchable(lambda: self.broker, self.address, "newsline-enrich", state="")
        page = live_page(self.status, where)
        monitor = Monitor(MonitorSources(lambda: self.broker, "newsline-enrich"))
        async with status.serve("127.0.0.1:0", WELL, access, monitor, page) as url:
            yield url


@pytest.fixture
def pipeline(tmp_path):
    address = f"embedded:{tmp_path / 'broker.db'}"
    with connect(address) as broker:
        contents.ensure(broker)
        yield Pipeline(broker, address)
