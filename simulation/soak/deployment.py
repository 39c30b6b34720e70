"""A running newsline, its servers, and what lies between them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.processes import tree
from deploy.local import downloads
from deploy.local.flink import FlinkCluster
from deploy.local.kafka import KafkaServer
from deploy.local.process import Process, free_ports
from newsline.broker import connect
from newsline.topics import contents
from simulation.soak.link import Link, Links
from simulation.soak.newsroom import Newsroom
from simulation.soak.stepped_clock import SteppedClock, can_step
from tests.support.command import Command
from tests.support.disk import Disk, can_mount
from tests.support.flink_job import OnFlink
from tests.support.postgres import PostgresServer

FEEDS = ("/feed/1", "/feed/2", "/feed/3", "/feed/4")
FREE = ("--status", "127.0.0.1:0")
RESTART_SECONDS = 1.0
"""Least time between two starts of a process by the supervisor."""

STATE_MB = 24
BROKER_MB = 96
LOG_MB = 768


class End(NamedTuple):
    """A process that ended by itself."""

    name: str
    code: int
    line: str


class Deployment:
    """``address``: the broker without a link between, for the account. ``commands``: newsline's
    processes, started again when they end; ``servers``: all others."""

    def __init__(self, directory: Path, newsroom: Newsroom, address: str) -> None:
        self.directory = directory
        self.newsroom = newsroom
        self.address = address
        self.commands: dict[str, Command] = {}
        self.servers: dict[str, Process] = {}
        self.links: dict[str, Link] = {}
        self.disks: dict[str, Disk] = {}
        self.clocks: dict[str, SteppedClock] = {}
        self.job: OnFlink | None = None
        self.ends: Counter[End] = Counter()
        self._started: dict[str, float] = {}

    def add(self, name: str, *arguments: str) -> None:
        """Add a command of newsline, which runs by a clock of its own."""
        environment: Mapping[str, str] = {}
        if can_step():
            self.clocks[name] = SteppedClock(self.directory / f"{name}.clock")
            environment = self.clocks[name].environment
        log = self.directory / f"{name}.log"
        self.commands[name] = Command(log, *arguments, *FREE, **environment)

    def add_poller(self, name: str, broker: str, state: str) -> None:
        site = self.newsroom.site
        listed = self.directory / f"{name}.toml"
        urls = [site.url + path for path in FEEDS]
        listed.write_text("".join(f'[[feed]]\nurl = "{url}"\ninterval = 1\n' for url in urls))
        options = ("--broker", broker, "--state", state, "--allow", site.host, "--workers", "1")
        self.add(name, "poll", str(listed), *options)

    def kafka_for(self, name: str) -> str:
        """The address at which this process reaches Kafka."""
        return f"kafka://127.0.0.1:{self.links[f'{name} to kafka'].port}"

    def supervise(self) -> None:
        """Start what has ended by itself again, and keep its last line."""
        for name, server in self.servers.items():
            if not server.runs():
                self.ends[End(name, -1, "server")] += 1
                server.start()
        for name, command in self.commands.items():
            code = command.process.poll()
            if code is not None and time.monotonic() > self._started.get(name, 0) + RESTART_SECONDS:
                self.ends[End(name, code, (command.output().splitlines() or [""])[-1])] += 1
                self.start(name)

    def start(self, name: str) -> None:
        self._started[name] = time.monotonic()
        self.commands[name].start()

    def pids(self) -> dict[str, list[int]]:
        """Each process with its children, by name."""
        started = {name: server.pid for name, server in self.servers.items()}
        started |= {name: command.process.pid for name, command in self.commands.items()}
        return {name: tree(pid) for name, pid in started.items()}

    def state(self) -> str:
        """All processes and their last lines, for a report."""
        lines = []
        for name, pids in self.pids().items():
            lines += [f"{name}: pids {pids}"]
        for name, command in self.commands.items():
            lines += [f"{name}: code {command.process.poll()}", *command.output().splitlines()[-8:]]
        return "\n".join(lines)


Build = Callable[[Path, Newsroom, ExitStack], Deployment]


@contextmanager
def open_deployment(name: str, directory: Path, newsroom: Newsroom) -> Iterator[Deployment]:
    """Start the deployment of this name, one of :data:`DEPLOYMENTS`."""
    with ExitStack() as stack:
        stack.enter_context(newsroom.site)
        deployment = DEPLOYMENTS[name](directory, newsroom, stack)
        with connect(deployment.address) as broker:
            contents.ensure(broker)
        for command in deployment.commands.values():
            stack.enter_context(command)
        if deployment.job:
            deployment.job.submit("--deadline", "30")
        yield deployment


def _embedded(directory: Path, newsroom: Newsroom, stack: ExitStack) -> Deployment:
    """One connector with an embedded state and a job on the embedded broker; two disks."""
    disk = _disk(stack, directory / "broker", BROKER_MB)
    deployment = Deployment(directory, newsroom, f"embedded:{directory / 'broker' / 'broker.db'}")
    deployment.disks |= disk
    _add_poller_with_embedded_state(deployment, stack, deployment.address)
    deployment.add("enrich", "enrich", "--broker", deployment.address, "--children", "1")
    return deployment


def _direct(directory: Path, newsroom: Newsroom, stack: ExitStack) -> Deployment:
    """Two connectors that share a PostgreSQL, a job on DirectRunner, Kafka."""
    names = ("poll-a", "poll-b")
    links = stack.enter_context(Links())
    deployment = _with_kafka(directory, newsroom, stack, links, (*names, "enrich"))
    postgres = stack.enter_context(PostgresServer())
    deployment.servers["postgres"] = postgres
    database = postgres.new_database()
    port = database.rpartition(":")[2].partition("/")[0]
    for name in names:
        link = links.open(int(port))
        deployment.links[f"{name} to postgres"] = link
        state = database.replace(f":{port}/", f":{link.port}/")
        deployment.add_poller(name, deployment.kafka_for(name), state)
    broker = deployment.kafka_for("enrich")
    deployment.add("enrich", "enrich", "--broker", broker, "--children", "1")
    return deployment


def _flink(directory: Path, newsroom: Newsroom, stack: ExitStack) -> Deployment:
    """One connector with an embedded state, a job on Flink, Kafka."""
    links = stack.enter_context(Links())
    deployment = _with_kafka(directory, newsroom, stack, links, ("poll", "enrich"))
    _add_poller_with_embedded_state(deployment, stack, deployment.kafka_for("poll"))
    (directory / "flink").mkdir()
    cluster = stack.enter_context(FlinkCluster(directory / "flink"))
    broker = deployment.kafka_for("enrich")
    deployment.job = OnFlink(directory, broker, cluster, downloads.job_server())
    deployment.commands["worker"] = deployment.job.pool
    deployment.servers |= {process.name: process for process in cluster.processes}
    return deployment


def _with_kafka(
    directory: Path, newsroom: Newsroom, stack: ExitStack, links: Links, names: Sequence[str]
) -> Deployment:
    """A Kafka on a disk of its own, with a link for each of the named processes."""
    listeners = dict(zip(names, free_ports(len(names)), strict=True))
    opened = {name: links.open(port) for name, port in listeners.items()}
    (directory / "kafka").mkdir()
    disk = _disk(stack, directory / "kafka" / "data", LOG_MB)
    ports = {name: link.port for name, link in opened.items()}
    kafka = stack.enter_context(KafkaServer(directory / "kafka", _properties(listeners, ports)))
    deployment = Deployment(directory, newsroom, kafka.address)
    deployment.servers["kafka"] = kafka
    deployment.disks |= disk
    deployment.links |= {f"{name} to kafka": link for name, link in opened.items()}
    return deployment


def _add_poller_with_embedded_state(deployment: Deployment, stack: ExitStack, broker: str) -> None:
    deployment.disks |= _disk(stack, deployment.directory / "state", STATE_MB)
    deployment.add_poller("poll", broker, str(deployment.directory / "state" / "state.db"))


def _disk(stack: ExitStack, directory: Path, megabytes: int) -> dict[str, Disk]:
    """A disk that can be full where this process may mount one, or else a plain directory."""
    if not can_mount():
        directory.mkdir()
        return {}
    name = "kafka" if directory.name == "data" else directory.name
    return {name: stack.enter_context(Disk(directory, megabytes))}


def _properties(listeners: Mapping[str, int], links: Mapping[str, int]) -> str:
    """A listener for each process, which is told to come through its link."""
    names = {name: name.upper().replace("-", "") for name in listeners}
    bound = [f"{names[name]}://127.0.0.1:{port}" for name, port in listeners.items()]
    told = [f"{names[name]}://127.0.0.1:{port}" for name, port in links.items()]
    plain = [f"{name}:PLAINTEXT" for name in ("PLAINTEXT", "CONTROLLER", *names.values())]
    return "\n".join(
        [
            "listeners="
            + ",".join(
                [
                    "PLAINTEXT://127.0.0.1:{port}",
                    "CONTROLLER://127.0.0.1:{controller_port}",
                    *bound,
                ]
            ),
            "advertised.listeners=" + ",".join(["PLAINTEXT://127.0.0.1:{port}", *told]),
            "listener.security.protocol.map=" + ",".join(plain),
            "log.segment.bytes=16777216",
            "",
        ]
    )


DEPLOYMENTS: Mapping[str, Build] = {"embedded": _embedded, "direct": _direct, "flink": _flink}
