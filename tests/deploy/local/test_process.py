"""One server process, ended in every way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import pidfile
from deploy.local.pidfile import born
from deploy.local.process import Process, free_port, free_ports, wait_until
from newsline.errors import OperatorError
from tests.support.command import until

SLEEPS = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)")
DEAF = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " print('up', flush=True); time.sleep(600)",
)


def up(process: Process) -> None:
    until(lambda: "up" in process.log.read_text(), "its start")


def test_it_stops_is_killed_and_comes_back(tmp_path: Path):
    with Process(SLEEPS, tmp_path / "server.log") as process:
        first = process.pid
        process.kill()
        assert not process.runs()
        process.start()
        assert process.runs()
        assert process.pid != first
    assert not process.runs()


def test_one_that_is_paused_can_be_stopped(tmp_path: Path):
    with Process(SLEEPS, tmp_path / "server.log") as process:
        up(process)
        process.pause()
    assert not process.runs()


def test_one_that_does_not_hear_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pidfile, "STOP_SECONDS", 0.2)
    with Process(DEAF, tmp_path / "server.log") as process:
        up(process)
    assert not process.runs()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is needed")
def test_it_dies_with_the_process_that_started_it_however_that_dies(tmp_path: Path):
    starter = (
        "import pathlib, sys, time\n"
        "from deploy.local.process import Process\n"
        "server = Process([sys.executable, '-c', 'import time; time.sleep(600)'],"
        " pathlib.Path(sys.argv[1]))\n"
        "server.start(); print(server.pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", starter, str(tmp_path / "server.log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        pid = int(started.stdout.readline())
        os.kill(started.pid, signal.SIGKILL)
    until(lambda: not born(pid), "its end")


def test_a_server_that_ends_as_it_starts_is_told_with_its_log_and_the_others_end(tmp_path: Path):
    well = Process(SLEEPS, tmp_path / "well.log")
    ill = Process([sys.executable, "-c", "raise SystemExit(1)"], tmp_path / "ill.log")
    well.start()
    ill.start()
    with pytest.raises(OperatorError, match=r"^ill ended during its start: see .*/ill\.log$"):
        wait_until(lambda: False, [well, ill], 30)
    assert not well.runs()


def test_a_server_that_does_not_come_up_is_told_with_its_log_and_ends(tmp_path: Path):
    with (
        Process(SLEEPS, tmp_path / "slow.log") as slow,
        pytest.raises(OperatorError, match=r"^not ready after 0 s: see .*/slow\.log$"),
    ):
        wait_until(lambda: False, [slow], 0.2)
    assert not slow.runs()


def test_the_port_wanted_is_given_where_it_is_free():
    (port,) = free_ports(1)
    assert free_port(port) == port
    with socket.create_server(("127.0.0.1", port)):
        assert free_port(port) != port
