"""A PID file ends the processes that it holds, and no others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.pidfile import PidFile, born
from deploy.local.process import Process
from tests.support.command import until

SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


@pytest.fixture
def pid_file(tmp_path: Path) -> Iterator[PidFile]:
    opened = PidFile(tmp_path / "cluster.json")
    yield opened
    opened.end()


def test_another_command_ends_what_was_started_last_one_first(pid_file: PidFile, tmp_path: Path):
    started = [Process(SLEEPS, tmp_path / f"{name}.log", pid_file) for name in ("one", "two")]
    for process in started:
        process.start()
    read_again = PidFile(tmp_path / "cluster.json")
    assert [entry.name for entry in read_again.running()] == ["one", "two"]
    read_again.end()
    assert not any(process.runs() for process in started)
    assert not (tmp_path / "cluster.json").exists()


def test_what_has_ended_is_known_to_have(pid_file: PidFile, tmp_path: Path):
    one, two = (Process(SLEEPS, tmp_path / f"{name}.log", pid_file) for name in ("one", "two"))
    one.start()
    two.start()
    one.kill()
    assert [entry.name for entry in pid_file.running()] == ["two"]


def test_a_process_that_has_the_pid_of_one_that_is_gone_lives_on(pid_file: PidFile, tmp_path: Path):
    with Process(SLEEPS, tmp_path / "innocent.log", pid_file) as innocent:
        file = tmp_path / "cluster.json"
        kept = json.loads(file.read_text())
        kept["processes"][0][3] = born(os.getpid())  # another's
        file.write_text(json.dumps(kept))
        PidFile(file).end()
        assert innocent.runs()


def test_a_process_of_before_a_reboot_is_none_of_ours(pid_file: PidFile, tmp_path: Path):
    Process(SLEEPS, tmp_path / "one.log", pid_file).start()
    entry = pid_file.entries[0]
    before = entry._replace(born=entry.born.rpartition(" ")[0] + " another-boot")
    assert entry.runs()
    assert not before.runs()


def test_what_an_ended_process_leaves_of_its_session_is_ended_too(
    pid_file: PidFile, tmp_path: Path
):
    child_file = tmp_path / "pid"
    parent = (
        f"import pathlib, subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', {DEAF!r}])\n"
        f"pathlib.Path({str(child_file)!r}).write_text(str(child.pid))\n"
        f"time.sleep(600)"
    )
    Process((sys.executable, "-c", parent), tmp_path / "parent.log", pid_file).start()
    until(lambda: child_file.exists() and child_file.read_text() != "")
    child = int(child_file.read_text())
    pid_file.end()
    until(lambda: not born(child), "the end of the child")


def test_a_pid_file_keeps_addresses_and_only_a_complete_start_has_them(tmp_path: Path):
    pid_file = PidFile(tmp_path / "cluster.json")
    assert pid_file.addresses == {}
    pid_file.complete({"flink": "127.0.0.1:1"})
    assert PidFile(tmp_path / "cluster.json").addresses == {"flink": "127.0.0.1:1"}


def test_the_birth_of_a_process_does_not_change_and_ends_with_it(tmp_path: Path):
    with Process(SLEEPS, tmp_path / "one.log") as process:
        first = born(process.pid)
        subprocess.run(["sleep", "1.1"], check=True)
        assert first == born(process.pid) != ""
    assert born(process.pid) == ""
