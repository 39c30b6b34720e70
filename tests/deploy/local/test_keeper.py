"""The keeper starts ended processes again, ever more rarely those that end at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from deploy.local.downloads import CHECKOUT
from deploy.local.keeper import MAX_DELAY_SECONDS, NAME, Keeper
from deploy.local.pidfile import PidFile
from deploy.local.process import Process
from tests.support.command import until

SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")


class Time:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def pid_file(tmp_path: Path) -> Iterator[PidFile]:
    opened = PidFile(tmp_path / "cluster.json")
    yield opened
    PidFile(tmp_path / "cluster.json").end()


def start(name: str, pid_file: PidFile, directory: Path, command: tuple[str, ...]) -> Process:
    process = Process(command, directory / f"{name}.log", pid_file)
    process.start()
    return process


def test_an_ended_process_is_started_again_in_its_place(pid_file: PidFile, tmp_path: Path):
    one, _ = (start(name, pid_file, tmp_path, SLEEPS) for name in ("one", "two"))
    keeper = Keeper(tmp_path / "cluster.json")
    assert keeper.look() == []
    one.kill()
    assert keeper.look() == ["one"]
    now = PidFile(tmp_path / "cluster.json")
    assert [entry.name for entry in now.running()] == ["one", "two"]
    assert now.entries[0].pid != one.pid


def test_one_that_ends_at_each_start_is_started_ever_more_rarely(pid_file: PidFile, tmp_path: Path):
    ends = start("ends", pid_file, tmp_path, (sys.executable, "-c", ""))
    until(lambda: not ends.runs())
    time = Time()
    keeper = Keeper(tmp_path / "cluster.json", time)
    starts = []
    for _ in range(300):
        if keeper.look():
            starts.append(time.seconds)
            until(lambda: not PidFile(tmp_path / "cluster.json").running(), "its end")
        time.seconds += 1
    pauses = [after - before for before, after in pairwise(starts)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == MAX_DELAY_SECONDS


def test_it_does_not_start_itself_and_ends_with_the_cluster(pid_file: PidFile, tmp_path: Path):
    file = tmp_path / "cluster.json"
    server = start("server", pid_file, tmp_path, SLEEPS)
    command = (sys.executable, "-m", "deploy.local.keeper", str(file))
    process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
    pid_file.add(NAME, tmp_path / "keeper.log", process.pid, command)
    server.kill()
    assert process.stdout is not None
    assert process.stdout.readline().endswith(" server had ended: started again\n")
    until(lambda: len(PidFile(file).running()) == 2)
    PidFile(file).end()
    assert process.wait() != 0
    assert not file.exists()


def test_it_ends_when_nothing_is_to_be_kept(tmp_path: Path):
    command = [sys.executable, "-m", "deploy.local.keeper", str(tmp_path / "none")]
    assert subprocess.run(command, cwd=CHECKOUT, check=False).returncode == 0
