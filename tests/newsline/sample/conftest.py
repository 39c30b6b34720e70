from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
import pytest_asyncio

from newsline.sample import Newsroom
from newsline.sample.edition import Edition

ORIGINS = {
    "meridian": "http://127.0.0.1:7001",
    "harbour": "http://127.0.0.1:7002",
    "northgate": "http://127.0.0.1:7003",
}
OPENED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECOND = datetime(2026, 11, 23, 12, 1, tzinfo=UTC)


@pytest.fixture
def chapter_one() -> Edition:
    return Edition(origins=ORIGINS, opened=OPENED)


@pytest.fixture
def chapter_two() -> Edition:
    return Edition(origins=ORIGINS, opened=OPENED, second=SECOND)


@pytest_asyncio.fixture
async def newsroom() -> AsyncIterator[Newsroom]:
    async with Newsroom(delay=0) as newsroom:
        yield newsroom


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session
