"""The sample newsroom as ``newsline poll`` is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

INTERVAL = 2.0
"""Seconds between polls of the sample newsroom, whose news breaks within seconds."""


class Sample(NamedTuple):
    """What ``poll`` is given: the feed list, and hosts to allow. ``told`` is set when the story is
    told; the newsroom goes on."""

    feeds: Path
    hosts: list[str]
    told: asyncio.Event


@asynccontextmanager
async def newsroom(directory: Path) -> AsyncIterator[Sample]:
    """Open the sample newsroom while the block runs, and write its feed list to the directory."""
    from newsline.sample import Newsroom

    async with Newsroom() as sites:
        feeds = directory / "feeds.toml"
        feeds.write_text(
            "".join(f'[[feed]]\nurl = "{url}"\ninterval = {INTERVAL}\n' for url in sites.feeds)
        )
        yield Sample(feeds, list(sites.hosts), sites.finished)
