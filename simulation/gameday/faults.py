"""The faults of a game day. Each holds while its block runs and is repaired at its end."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path

from benchmarks.processes import tree
from newsline.broker import Message, connect
from newsline.records import RAW_TOPIC
from simulation.faults import full, stopped
from simulation.gameday.deployment import Deployment
from simulation.gameday.publishers import Trouble
from tests.support.command import Command

POISON = 5

Injected = Callable[[], AbstractContextManager[None]]


def faults(deployment: Deployment) -> Mapping[str, Injected]:
    """Those that this deployment can have on this machine, by name."""
    everywhere = len(deployment.publishers.each)
    troubled = partial(_troubled, deployment)
    possible: dict[str, Injected] = {
        "none": _none,
        "all feeds down": partial(troubled, Trouble.ERRORS, everywhere),
        "one feed is HTML": partial(troubled, Trouble.HTML, 1),
        "one server is slow": partial(troubled, Trouble.SLOW, 1),
        "our network is down": partial(troubled, Trouble.GONE, everywhere),
        "robots.txt disallows": partial(troubled, Trouble.ROBOTS, everywhere),
        "dates in the future": partial(troubled, Trouble.FUTURE, everywhere),
        "job stopped": partial(_stopped, deployment.commands["enrich"]),
        "job killed": partial(_killed, deployment, "enrich"),
        "connector killed": partial(_killed, deployment, "poll"),
        "state locked": partial(_locked, deployment.state),
        "poison records": partial(_poisoned, deployment),
    }
    for name, disk in deployment.disks.items():
        possible[f"disk of the {name} full"] = partial(full, disk)
    if kafka := deployment.kafka:
        possible["broker stopped"] = partial(_paused, kafka.pause, kafka.resume)
        possible["broker killed"] = partial(_paused, kafka.kill, kafka.start)
    else:
        file = Path(deployment.broker.removeprefix("embedded:"))
        possible["broker locked"] = partial(_locked, file)
    return possible


@contextmanager
def _none() -> Iterator[None]:
    yield


@contextmanager
def _troubled(deployment: Deployment, trouble: Trouble, count: int) -> Iterator[None]:
    """The first ``count`` publishers have it."""
    publishers = deployment.publishers.each[:count]
    for publisher in publishers:
        publisher.begin(trouble)
    try:
        yield
    finally:
        for publisher in publishers:
            publisher.heal()


def _stopped(command: Command) -> AbstractContextManager[None]:
    """SIGSTOP of the process with all its children."""
    return stopped(tree(command.process.pid))


@contextmanager
def _killed(deployment: Deployment, name: str) -> Iterator[None]:
    """By SIGKILL, and not started again."""
    deployment.down.add(name)
    deployment.commands[name].kill()
    yield
    deployment.down.remove(name)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Another program holds SQLite's write lock."""
    with closing(sqlite3.connect(file, timeout=30.0, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def _poisoned(deployment: Deployment) -> Iterator[None]:
    """Records that cannot be decoded are written to news.raw by another program."""
    messages = [
        Message(RAW_TOPIC, b"poison %d" % number, b"not a record %d" % number)
        for number in range(POISON)
    ]
    with (
        connect(deployment.broker) as broker,
        closing(broker.producer("gameday-poison")) as producer,
    ):
        producer.commit(messages)
    yield


@contextmanager
def _paused(begin: Callable[[], None], end: Callable[[], None]) -> Iterator[None]:
    begin()
    try:
        yield
    finally:
        end()
