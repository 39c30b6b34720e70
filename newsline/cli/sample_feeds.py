"""The sample newsroom as a feed list for ``newsline poll``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

INTERVAL = 2.0
"""Seconds between polls of the sample newsroom, which publishes within seconds."""


class SampleFeeds(NamedTuple):
    """The newsroom's feed list and the hosts to allow. ``finished`` is set after its last article;
    it continues to serve."""

    feeds: Path
    hosts: list[str]
    finished: asyncio.Event


@asynccontextmanager
async def newsroom(directory: Path) -> AsyncIterator[SampleFeeds]:
    """Run the sample newsroom while the block runs; write its feed list to the directory."""
    from newsline.sample import Newsroom

    async with Newsroom() as sites:
        feeds = directory / "feeds.toml"
        feeds.write_text(
            "".join(f'[[feed]]\nurl = "{url}"\ninterval = {INTERVAL}\n' for url in sites.feeds)
        )
        yield SampleFeeds(feeds, list(sites.hosts), sites.finished)
