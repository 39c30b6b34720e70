"""A server process that can be stopped, killed, paused and started again."""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from deploy.local.pidfile import PidFile, end
from newsline.errors import OperatorError
from newsline.service.processes import dying_with_parent

FAST_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""The first-tier compiler and the serial collector: fastest to start on few cores."""


class Process:
    """A command with its output in ``log``. It ends with this process, unless there is a
    ``pid_file``, which records it."""

    def __init__(self, command: Sequence[str], log: Path, pid_file: PidFile | None = None) -> None:
        self.log = log
        self.name = log.stem
        self._command = command
        self._pid_file = pid_file
        self._started: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def start(self) -> None:
        assert not self.runs(), "it runs already"
        with self.log.open("ab") as log:
            self._started = subprocess.Popen(
                self._command if self._pid_file else [*dying_with_parent(), *self._command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=self._pid_file is not None,
            )
        if self._pid_file is not None:
            self._pid_file.add(self.name, self.log, self.pid, self._command)

    @property
    def pid(self) -> int:
        assert self._started is not None, "it has not been started"
        return self._started.pid

    def runs(self) -> bool:
        return self._started is not None and self._started.poll() is None

    def stop(self) -> None:
        """Stop the process by SIGTERM."""
        if self.runs():
            end(self.pid, self.runs)

    def kill(self) -> None:
        """Kill the process by SIGKILL and wait for its end."""
        self._send(signal.SIGKILL)
        if self._started is not None:
            self._started.wait()

    def pause(self) -> None:
        """Pause the process by SIGSTOP: connections stay open, nothing answers."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Continue after :meth:`pause`, by SIGCONT."""
        self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        if self._started is not None:
            self._started.send_signal(number)


def wait_until(ready: Callable[[], bool], processes: Sequence[Process], seconds: float) -> None:
    """Return when ``ready`` is true. Raises OperatorError if a process ends first or the time does,
    after stopping all processes."""
    deadline = time.monotonic() + seconds
    try:
        while not ready():
            for process in processes:
                if not process.runs():
                    raise OperatorError(f"{process.name} ended during its start: see {process.log}")
            if time.monotonic() > deadline:
                logs = ", ".join(str(process.log) for process in processes)
                raise OperatorError(f"not ready after {seconds:.0f} s: see {logs}")
            time.sleep(0.05)
    except BaseException:
        for process in processes:
            process.stop()
        raise


def free_port(wanted: int) -> int:
    """The wanted port on 127.0.0.1 if it is free, else another."""
    try:
        socket.create_server(("127.0.0.1", wanted)).close()
    except OSError:
        return free_ports(1)[0]
    return wanted


def free_ports(count: int) -> list[int]:
    """Free ports on 127.0.0.1 for servers that restart on them. They are below 32768, where the
    system does not take ports for outgoing connections."""
    ports: set[int] = set()
    while len(ports) < count:
        port = random.randrange(10_000, 32_768)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            ports.add(port)
    return list(ports)
