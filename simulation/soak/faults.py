"""The faults of a deployment. Each holds while its block runs and is healed at its end."""

from __future__ import annotations

import os
import random
import resource
import signal
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from typing import NamedTuple

from benchmarks.processes import tree
from deploy.local.process import Process
from newsline.errors import OperatorError
from simulation.faults import full, stopped
from simulation.soak.deployment import Deployment
from simulation.soak.link import Link
from simulation.soak.stepped_clock import SteppedClock

STEPS = (-86_400, -3_600, -90, -1, 1, 90, 3_600, 86_400)
"""Seconds by which a clock is stepped."""

FILE_LIMIT = 4_096
"""Bytes up to which a process may write in a file, below every file that it has."""

Injected = Callable[[], AbstractContextManager[None]]


class Fault(NamedTuple):
    kind: str
    target: str
    injected: Injected

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


def all_faults(deployment: Deployment, chance: random.Random) -> Mapping[str, Sequence[Fault]]:
    """The faults by kind. ``chance`` selects a child, or by how much a clock is stepped."""
    by_kind: defaultdict[str, list[Fault]] = defaultdict(list)
    for fault in _each(deployment, chance):
        by_kind[fault.kind].append(fault)
    return dict(by_kind)


def _each(deployment: Deployment, chance: random.Random) -> Iterator[Fault]:
    for name in deployment.commands:
        yield Fault("kill -9", name, partial(_killed, deployment, name))
        yield Fault("kill -9 of a child", name, partial(_child_killed, deployment, name, chance))
        yield Fault("restart", name, partial(_ended, deployment, name))
        yield Fault("SIGSTOP", name, partial(_stopped, deployment, name))
        yield Fault("file size limit", name, partial(_limited, deployment, name))
    for name, server in deployment.servers.items():
        yield Fault("kill -9 of a server", name, partial(_server_down, server, server.kill))
        yield Fault("SIGSTOP of a server", name, partial(_stopped, deployment, name))
        if name in ("kafka", "postgres"):
            yield Fault("server restart", name, partial(_server_down, server, server.stop))
    for name, link in deployment.links.items():
        for kind in (Link.cut, Link.stall, Link.slow, Link.half_close):
            yield Fault(f"link: {kind.__name__}", name, partial(_faulty, link, kind))
    for name, disk in deployment.disks.items():
        yield Fault("disk full", name, partial(full, disk))
    for name, clock in deployment.clocks.items():
        yield Fault("clock step", name, partial(_stepped, clock, chance))
    yield Fault("power cut", "everything", partial(_all_killed, deployment))


@contextmanager
def _killed(deployment: Deployment, name: str) -> Iterator[None]:
    deployment.commands[name].kill()
    yield
    deployment.start(name)


@contextmanager
def _child_killed(deployment: Deployment, name: str, chance: random.Random) -> Iterator[None]:
    children = tree(deployment.commands[name].process.pid)[1:]
    if children:
        with suppress(ProcessLookupError):
            os.kill(chance.choice(children), signal.SIGKILL)
    yield


@contextmanager
def _ended(deployment: Deployment, name: str) -> Iterator[None]:
    """SIGTERM, and a start once it has ended: a new version is deployed."""
    command = deployment.commands[name]
    command.process.send_signal(signal.SIGTERM)
    yield
    command.wait()
    deployment.start(name)


def _stopped(deployment: Deployment, name: str) -> AbstractContextManager[None]:
    """With all its children."""
    return stopped(deployment.pids()[name])


@contextmanager
def _limited(deployment: Deployment, name: str) -> Iterator[None]:
    """Each write beyond the limit fails, as at the end of a quota."""
    pid = deployment.commands[name].process.pid
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (FILE_LIMIT, limits[1]))
    yield
    with suppress(ProcessLookupError):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def _server_down(server: Process, end: Callable[[], None]) -> Iterator[None]:
    end()
    yield
    _start(server)


@contextmanager
def _faulty(link: Link, fault: Callable[[Link], None]) -> Iterator[None]:
    fault(link)
    yield
    link.heal()


@contextmanager
def _stepped(clock: SteppedClock, chance: random.Random) -> Iterator[None]:
    clock.step(chance.choice(STEPS))
    yield
    clock.step(0)


@contextmanager
def _all_killed(deployment: Deployment) -> Iterator[None]:
    for command in deployment.commands.values():
        command.kill()
    for server in deployment.servers.values():
        server.kill()
    yield
    for server in deployment.servers.values():
        _start(server)
    for name in deployment.commands:
        deployment.start(name)


def _start(server: Process) -> None:
    """One that is not ready in time on a busy machine is started again by the supervisor."""
    with suppress(OperatorError):
        server.start()
