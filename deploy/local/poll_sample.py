"""Poll the sample newsroom into a cluster."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from newsline.broker import Broker
from newsline.cli import options, sample_feeds
from newsline.cli.supervisor import Supervisor
from newsline.cli.tail import new
from newsline.errors import OperatorError
from newsline.records import RAW_TOPIC, TOPICS

ENRICHED_WITHIN_SECONDS = 180.0
"""From the last poll on: a worker loads Beam and its models at its first start."""


async def poll_sample(directory: Path, broker: Broker, address: str) -> None:
    """Poll the newsroom until its last article is published and enriched; print the counts."""
    counts = _Counts(broker)
    async with sample_feeds.newsroom(directory) as newsroom, Supervisor(debug=False) as supervisor:
        polling = asyncio.create_task(_poll(newsroom, supervisor, directory, address))
        while not polling.done():
            await asyncio.sleep(1.0)
            await asyncio.to_thread(counts.look)
        await polling
        deadline = time.monotonic() + ENRICHED_WITHIN_SECONDS
        while any(await asyncio.to_thread(broker.lag, options.DEFAULT_GROUP, RAW_TOPIC)):
            if time.monotonic() > deadline:
                raise OperatorError(
                    f"the sample is not enriched after {ENRICHED_WITHIN_SECONDS:.0f} s:"
                    f" see {directory.parent.parent}/*/*.log"
                )
            await asyncio.sleep(1.0)
            await asyncio.to_thread(counts.look)
        await asyncio.to_thread(counts.look)


async def _poll(
    newsroom: sample_feeds.SampleFeeds, supervisor: Supervisor, directory: Path, address: str
) -> None:
    allowed = [flag for host in newsroom.hosts for flag in ("--allow", host)]
    to = ("--broker", address, "--state", str(directory / "state.db"), "--status", "127.0.0.1:0")
    await supervisor.start("poll", str(newsroom.feeds), *to, *allowed)
    await supervisor.wait(newsroom.finished)
    await supervisor.stop("poll")


class _Counts:
    """Counts of the records that were written to each topic since the start."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._ends = {topic: list(broker.end_offsets(topic)) for topic in TOPICS}
        self._counts = dict.fromkeys(TOPICS, 0)

    def look(self) -> None:
        """Count new records; print the counts if there are any."""
        before = dict(self._counts)
        for topic, ends in self._ends.items():
            self._counts[topic] += sum(1 for _ in new(self._broker, topic, ends))
        if self._counts != before:
            raw, enriched, dead = (self._counts[topic] for topic in TOPICS)
            print(f"{raw} published · {enriched} enriched · {dead} dead letters", flush=True)
