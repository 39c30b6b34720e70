"""The whole connector compared with trafilatura in as many processes, on the same real pages."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from benchmarks import texts
from benchmarks.pool import children
from connectors.poll.wiring import CHILD_MEMORY, CHILD_TASKS
from connectors.state import State
from newsline.broker import connect
from newsline.records import RAW_TOPIC
from newsline.sandbox.pool import Sandbox
from newsline.topics import contents
from tests.support.connector_harness import open_harness
from tests.support.http_server import Server

COPIES = 5
ROUNDS = 5


def measure(directory: Path) -> list[tuple[float, float]]:
    """Pages/s of the connector and of the library, measured in turn with children started."""
    pages = texts.pages() * COPIES
    return [(_ours(directory / str(number), len(pages)), _bare(pages)) for number in range(ROUNDS)]


def _ours(directory: Path, count: int) -> float:
    """Pages/s from the poll's start until every article is acknowledged and in the state."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.site"], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    host = server.stdout.readline().strip()
    try:
        return asyncio.run(_poll(directory, host, count))
    finally:
        server.terminate()
        server.wait()


async def _poll(directory: Path, host: str, count: int) -> float:
    address = f"embedded:{directory / 'broker.db'}"
    site = Server()
    site.host = host
    workers = os.cpu_count() or 1
    with (
        connect(address) as broker,
        closing(State(str(directory / "state.db"))) as state,
        closing(Sandbox(workers, memory_bytes=CHILD_MEMORY, max_tasks=CHILD_TASKS)) as sandbox,
    ):
        contents.ensure(broker)
        parts = {"parsing": sandbox, "extracting": sandbox}
        async with open_harness(site, broker, address, state, **parts) as harness:
            await harness.poll("/warm")
            before = sum(broker.end_offsets(RAW_TOPIC))
            started = time.perf_counter()
            await harness.poll(f"/feed?copies={COPIES}")
            seconds = time.perf_counter() - started
        published = sum(broker.end_offsets(RAW_TOPIC)) - before
    print(f"connector: {published} of {count} pages published in {seconds:.1f} s")
    return count / seconds


def _bare(pages: list[bytes]) -> float:
    cores = os.cpu_count() or 1
    with children(cores, None) as pool:
        list(pool.map(_extract, pages[: cores * 16], chunksize=8))  # imported, caches warm
        started = time.perf_counter()
        list(pool.map(_extract, pages, chunksize=4))
        return len(pages) / (time.perf_counter() - started)


def _extract(page: bytes) -> bool:
    """Text and metadata, with the connector's options."""
    from trafilatura import bare_extraction
    from trafilatura.utils import decode_file

    html = decode_file(page)
    return (
        bare_extraction(html, with_metadata=True, favor_precision=True, include_comments=False)
        is not None
    )
