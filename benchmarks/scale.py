"""One connector with 10,000 feeds on 2,000 hosts: delay, cost and maximum rate of polls.

The rate is compared with a plain aiohttp client that sends the same requests. Ten minutes of a
newsroom are run in one, at ten times the load. Hosts are names for 127.0.0.1, with the usual
politeness. Each part runs in a process of its own (``python -m benchmarks.scale PART DIRECTORY``),
because its memory is measured.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import aiohttp

from benchmarks import crowd
from benchmarks.processes import proportional, tree
from connectors.feedlist.feed_list import Feed
from connectors.fetch import Fetcher, Validators
from connectors.fetch.fetcher import ACCEPT
from connectors.fetch.throttle import Politeness
from connectors.parse import FeedBody, parse_feed
from connectors.poll.poller import Poller
from connectors.poll.runner import POLLS_AT_ONCE, Connector
from connectors.poll.wiring import CHILD_MEMORY, collect_seldom
from connectors.state import AfterPoll, FeedState, FeedValidators, SeenEntry, State
from connectors.text.urls import canonical_url
from newsline.broker import connect
from newsline.sandbox.pool import Sandbox
from newsline.topics import contents
from tests.support.connector_harness import open_harness
from tests.support.http_server import LoopbackResolver, Server

FEEDS = 10_000
HOSTS = 2_000
WITH_NEWS = 500
"""Feeds with two new entries when polled; the others answer 304."""

SECONDS = 60.0
"""Seconds over which all feeds are due, evenly."""

ROUNDS = 5
VALIDATORS = Validators(crowd.ETAG[1].decode(), crowd.MODIFIED)


class OnTime(NamedTuple):
    """Delay of polls in seconds, peak memory of all processes in MB, mean number of cores used by
    the process and its children."""

    late_median: float
    late_p99: float
    memory: float
    cores: float


class Rates(NamedTuple):
    """Polls per second, and per second of CPU time, of newsline and of the bare client."""

    ours: float
    bare: float
    ours_cpu: float
    bare_cpu: float


class Watched:
    """A poller that records the delay of each poll."""

    def __init__(self, poller: Poller) -> None:
        self._poller = poller
        self.late: list[float] = []
        self.ended = 0

    async def poll(self, before: FeedState, chance: float) -> float:
        self.late.append(time.time() - before.next_poll)
        next_poll = await self._poller.poll(before, chance)
        self.ended += 1
        return next_poll


class Stage(NamedTuple):
    """A connector with all feeds in its state, polled a while ago."""

    connector: Connector
    watched: Watched
    state: State
    feeds: Sequence[Feed]


def measure_on_time(directory: Path) -> OnTime:
    return OnTime(**_in_a_process("on_time", directory))


def measure_rates(directory: Path) -> Sequence[Rates]:
    return [Rates(**_in_a_process("rates", directory / str(number))) for number in range(ROUNDS)]


def _in_a_process(part: str, directory: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.scale", part, str(directory)]
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    print(f"scale: {part} {found.strip()}")
    result: dict[str, float] = json.loads(found)
    return result


async def on_time(directory: Path, port: int) -> OnTime:
    stop = asyncio.Event()
    async with staged(directory, port, WITH_NEWS) as stage:
        start = time.time() + 1.0
        put(stage, [start + SECONDS * n / FEEDS for n in range(FEEDS)], WITH_NEWS)
        polling = asyncio.create_task(stage.connector.run(stop))
        cpu, memory = _cpu(), 0.0
        while stage.watched.ended < FEEDS:
            await asyncio.sleep(1.0)
            memory = max(memory, sum(map(proportional, _ours())) / 1024)
        cores = (_cpu() - cpu) / (time.time() - start)
        stop.set()
        await polling
        late = stage.watched.late
        return OnTime(median(late), quantiles(late, n=100)[98], memory, cores)


async def rates(directory: Path, port: int) -> Rates:
    """All feeds are due at once; none has new entries."""
    async with staged(directory, port, 0) as stage:
        put(stage, [0.0] * FEEDS, 0)
        began, cpu = time.perf_counter(), time.process_time()
        await stage.connector.once(asyncio.Event())
        ours = FEEDS / (time.perf_counter() - began)
        ours_cpu = FEEDS / (time.process_time() - cpu)
        wrong = {f.last_outcome for f in stage.state.feeds()} - {"not_modified"}
        if wrong:
            sys.exit(f"polls came to {wrong}")
        urls = [feed.url for feed in stage.feeds]
    began, cpu = time.perf_counter(), time.process_time()
    await _bare(urls)
    bare = FEEDS / (time.perf_counter() - began)
    return Rates(ours, bare, ours_cpu, FEEDS / (time.process_time() - cpu))


async def _bare(urls: Sequence[str]) -> None:
    """The same requests, with the same concurrency."""
    left = iter(urls)
    headers = {"Accept": ACCEPT["feed"], **VALIDATORS.headers()}

    async def work(session: aiohttp.ClientSession) -> None:
        for url in left:
            async with session.get(url, headers=headers) as answer:
                assert answer.status == 304
                await answer.read()

    connections = aiohttp.TCPConnector(limit=0, resolver=LoopbackResolver())
    async with aiohttp.ClientSession(connector=connections) as session:
        await asyncio.gather(*(work(session) for _ in range(POLLS_AT_ONCE)))


@asynccontextmanager
async def staged(directory: Path, port: int, with_news: int) -> AsyncIterator[Stage]:
    hosts = [f"site{n}.example:{port}" for n in range(HOSTS)]
    feeds = [
        Feed(f"http://{hosts[n % HOSTS]}/{n}/{'news' if n < with_news else 'feed'}")
        for n in range(FEEDS)
    ]
    address = f"embedded:{directory / 'broker.db'}"
    fetcher = Fetcher(
        allow=frozenset(hosts), own_politeness=Politeness(), resolver=LoopbackResolver()
    )
    with (
        connect(address) as broker,
        closing(State(str(directory / "state.db"))) as state,
        closing(Sandbox(os.cpu_count() or 1, memory_bytes=CHILD_MEMORY)) as sandbox,
    ):
        contents.ensure(broker)
        state.enlist(feeds)
        harness = open_harness(
            Server(), broker, address, state, parsing=sandbox, extracting=sandbox, fetcher=fetcher
        )
        async with harness as opened:
            watched = Watched(opened.poller)
            connector = Connector(watched, opened.store, opened.outages)  # type: ignore[arg-type]
            yield Stage(connector, watched, state, feeds)


def put(stage: Stage, due: Sequence[float], with_news: int) -> None:
    """Set the state as after an earlier poll of each feed, due at these times."""
    claimed = {feed.url: feed for feed in stage.state.claim_due(time.time(), FEEDS)}
    polls = []
    for feed, at in zip(stage.feeds, due, strict=True):
        after = claimed[feed.url]._replace(
            validators=FeedValidators(VALIDATORS.etag, VALIDATORS.last_modified),
            next_poll=at,
            last_outcome="ok",
            last_success=time.time(),
            pruned=time.time(),
        )
        seen = list(_seen(feed.url)) if feed.url.endswith("/news") else []
        polls.append(AfterPoll(after, seen))
    stage.state.save_polls(polls)


def _seen(url: str) -> Iterator[SeenEntry]:
    path = "/" + url.split("/", 3)[3]
    now = time.time()
    parsed = parse_feed(
        FeedBody(crowd.feed(path, 1), url, "application/rss+xml", None), datetime.now(UTC)
    )
    for entry in parsed.entries:
        link = canonical_url(entry.link or "")
        yield SeenEntry(entry.id, entry.fingerprint, 1, True, "published", "", now, now, link)


def _cpu() -> float:
    """CPU seconds of this process and its living children."""
    return sum(_ticks(pid) for pid in _ours()) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    """utime and stime (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _ours() -> list[int]:
    """This process and its children, the sites' process left out."""
    return [pid for pid in tree(os.getpid()) if b"benchmarks.crowd" not in _command(pid)]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@contextmanager
def sites() -> Iterator[int]:
    """Run the sites in a process of their own; yields their port."""
    command = [sys.executable, "-m", "benchmarks.crowd"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        try:
            yield int(serving.stdout.readline())
        finally:
            serving.terminate()


def main() -> None:
    part, directory = sys.argv[1], Path(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    collect_seldom()
    with sites() as port:
        measured = {"on_time": on_time, "rates": rates}[part](directory, port)
        print(json.dumps(asyncio.run(measured)._asdict()))


if __name__ == "__main__":
    main()
