"""The newsline that faults are brought about in: separate processes, watched by a Prometheus."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from deploy.local.kafka import KafkaServer
from deploy.local.process import free_ports
from newsline.broker import connect
from newsline.errors import OperatorError
from newsline.monitor.snapshot import Condition
from newsline.topics import contents
from simulation.gameday.prometheus import Prometheus
from simulation.gameday.publishers import Publishers
from tests.support.command import Command, newsline
from tests.support.disk import Disk, can_mount

INTERVAL = 2
"""Seconds between two polls of a feed; also its first back-off."""

JOBS = {"poll": "newsline-connectors", "enrich": "newsline-enrich", "monitor": "newsline-monitor"}
"""Job name in Prometheus of each process."""

LIGHT = ("entities", "topic_tags", "wikidata", "key_phrases", "quotes")
"""Enrichers that are left out: what an article's text is enriched with is of no matter here."""

BROKER_MB = 64
STATE_MB = 48
RULES = ("alerts.yaml",)
ANSWER_SECONDS = 2.0
START_SECONDS = 180.0
WELL = (Condition.HEALTHY.value, Condition.QUIET.value)
RESTART_SECONDS = 5.0
"""Least time between two starts of a process by its supervisor."""


class Deployment:
    """``broker``: its address; ``state``: the file. ``disks`` by what is on them; none without
    root. ``down``: processes that nobody starts again."""

    def __init__(self, directory: Path, publishers: Publishers, broker: str, state: Path) -> None:
        self.directory = directory
        self.publishers = publishers
        self.broker = broker
        self.state = state
        self.kafka: KafkaServer | None = None
        self.disks: dict[str, Disk] = {}
        self.down: set[str] = set()
        self._started: dict[str, float] = {}
        self.ports = dict(zip(JOBS, free_ports(len(JOBS)), strict=True))
        self.commands = {name: self._command(name, *rest) for name, rest in self._rest().items()}

    def _rest(self) -> Mapping[str, tuple[str, ...]]:
        allowed = [word for host in self.publishers.hosts for word in ("--allow", host)]
        left_out = [word for name in LIGHT for word in ("--without", name)]
        return {
            "poll": (str(self._feed_list()), *allowed, "--workers", "1"),
            "enrich": ("--children", "1", *left_out),
            "monitor": (),
        }

    def _feed_list(self) -> Path:
        listed = self.directory / "feeds.toml"
        feeds = self.publishers.feeds
        listed.write_text(
            "".join(f'[[feed]]\nurl = "{url}"\ninterval = {INTERVAL}\n' for url in feeds)
        )
        return listed

    def _command(self, name: str, *rest: str) -> Command:
        status = f"127.0.0.1:{self.ports[name]}"
        log = self.directory / f"{name}.log"
        environment = {**self.environment, "NEWSLINE_LOG": "json"}
        return Command(log, name, *rest, "--status", status, **environment)

    @property
    def environment(self) -> Mapping[str, str]:
        """By which a command of the runbook finds this newsline."""
        return {"NEWSLINE_BROKER": self.broker, "NEWSLINE_STATE": str(self.state)}

    @property
    def targets(self) -> Mapping[str, str]:
        """What Prometheus reads, by job."""
        return {JOBS[name]: f"127.0.0.1:{port}" for name, port in self.ports.items()}

    def newsline(self, *arguments: str) -> subprocess.CompletedProcess:
        return newsline(*arguments, **self.environment)

    @property
    def page(self) -> str:
        """URL of the monitor's page."""
        return f"http://127.0.0.1:{self.ports['monitor']}/"

    def status(self) -> Mapping[str, Any] | None:
        """What the monitor says now; None if it does not answer."""
        with (
            suppress(OSError, ValueError),
            urllib.request.urlopen(f"{self.page}status.json", timeout=ANSWER_SECONDS) as answer,
        ):
            return dict(json.load(answer))
        return None

    def condition(self) -> str | None:
        status = self.status()
        return status and str(status["verdict"]["condition"])

    def supervise(self) -> None:
        """Start again what has ended by itself, as Compose, Kubernetes or systemd do."""
        now = time.monotonic()
        for name, command in self.commands.items():
            rests = now < self._started.get(name, 0.0) + RESTART_SECONDS
            if command.process.poll() is not None and name not in self.down and not rests:
                self._started[name] = now
                command.start()

    def last_lines(self) -> str:
        """Of all processes, for a report."""
        lines = []
        for name, command in self.commands.items():
            lines += [f"{name}: code {command.process.poll()}", *command.output().splitlines()[-5:]]
        return "\n".join(lines)


Build = Callable[[Path, Publishers, ExitStack], Deployment]


@contextmanager
def open_deployment(
    name: str, directory: Path, factor: float
) -> Iterator[tuple[Deployment, Prometheus]]:
    """Start the deployment of this name, one of :data:`DEPLOYMENTS`, and its Prometheus."""
    directory.mkdir()
    with ExitStack() as stack:
        publishers = stack.enter_context(Publishers())
        deployment = DEPLOYMENTS[name](directory, publishers, stack)
        with connect(deployment.broker) as broker:
            contents.ensure(broker)
        for command in deployment.commands.values():
            stack.enter_context(command)
        _wait_until_it_flows(deployment)
        scraped = Prometheus(directory, RULES, deployment.targets, factor)
        yield deployment, stack.enter_context(scraped)


def _wait_until_it_flows(deployment: Deployment) -> None:
    """The rules' clock begins with a newsline that flows: a start takes minutes of it."""
    end = time.monotonic() + START_SECONDS
    while deployment.condition() != Condition.HEALTHY:
        deployment.supervise()
        if time.monotonic() > end:
            raise OperatorError(f"newsline did not start\n{deployment.last_lines()}")
        time.sleep(0.5)


def _embedded(directory: Path, publishers: Publishers, stack: ExitStack) -> Deployment:
    disks = _disks(stack, {"broker": (directory / "broker", BROKER_MB)})
    disks |= _disks(stack, {"state": (directory / "state", STATE_MB)})
    broker = f"embedded:{directory / 'broker' / 'broker.db'}"
    deployment = Deployment(directory, publishers, broker, directory / "state" / "state.db")
    deployment.disks |= disks
    return deployment


def _kafka(directory: Path, publishers: Publishers, stack: ExitStack) -> Deployment:
    (directory / "kafka").mkdir()
    disks = _disks(stack, {"state": (directory / "state", STATE_MB)})
    kafka = stack.enter_context(KafkaServer(directory / "kafka"))
    deployment = Deployment(directory, publishers, kafka.address, directory / "state" / "state.db")
    deployment.kafka = kafka
    deployment.disks |= disks
    return deployment


def _disks(stack: ExitStack, wanted: Mapping[str, tuple[Path, int]]) -> dict[str, Disk]:
    """A disk that can be full where this process may mount one, or else a plain directory."""
    disks = {}
    for name, (directory, megabytes) in wanted.items():
        if can_mount():
            disks[name] = stack.enter_context(Disk(directory, megabytes))
        else:
            directory.mkdir()
    return disks


DEPLOYMENTS: Mapping[str, Build] = {"embedded": _embedded, "kafka": _kafka}
