"""The process supervisor of ``newsline run``."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import typer

from newsline import log_output
from newsline.announce import PARENT, report
from newsline.broker.kafka import security
from newsline.errors import OperatorError
from newsline.log_lines import LogEvent
from newsline.monitor.snapshot import FlowStage, ProcessNow
from newsline.sandbox import memory
from newsline.sandbox.environment import is_for_children

STOP_SECONDS = 30.0
PREFIX = "NEWSLINE_"

STAGES = {"poll": FlowStage.CONNECTOR, "enrich": FlowStage.JOB}

STOPPED = frozenset("Tt")
"""States of Linux: stopped by a signal, or by a tracer."""

PROCESSES = 2
"""That run supervises: a connector and a job."""


class Supervisor:
    """Runs newsline commands as child processes. One that is killed is started again, without loss.
    One that fails ends all of them."""

    def __init__(self, *, debug: bool) -> None:
        self._options = ["--log", log_output.form(), *(["--debug"] if debug else [])]
        self._commands: dict[str, tuple[str, ...]] = {}
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._started: dict[str, float] = {}
        self._restarts: dict[str, int] = {}
        self._stopping: list[str] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        for name in list(self._processes):
            await self.stop(name)

    async def start(self, command: str, *arguments: str) -> None:
        """Start ``newsline COMMAND ARGUMENTS`` in a new session: Ctrl-C in a terminal then reaches
        only this process, which stops the others in order."""
        self._commands[command] = arguments
        self._started[command] = time.monotonic()
        self._processes[command] = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "newsline"),
            *self._options,
            *(command, *arguments),
            env=_environment(),
            start_new_session=True,
        )

    def problem(self) -> str | None:
        """Name the processes that are not running; None if all are."""
        gone = [name for name, process in self._processes.items() if process.returncode is not None]
        return f"not running: {', '.join(gone)}" if gone or not self._processes else None

    def processes(self) -> Sequence[ProcessNow]:
        """The state of each process, for a monitor."""
        states = {name: _state(process) for name, process in list(self._processes.items())}
        states |= dict.fromkeys(self._stopping, "ended")
        return [
            ProcessNow(
                stage=STAGES[name],
                state=state,
                age_seconds=time.monotonic() - self._started[name],
                restarts=self._restarts.get(name, 0),
            )
            for name, state in states.items()
            if name in STAGES
        ]

    async def wait(self, stop: asyncio.Event) -> None:
        """Return at ``stop``. Raises typer.Exit if a process has failed and printed its error."""
        stopped = asyncio.create_task(stop.wait())
        while not stop.is_set():
            exits = {
                asyncio.create_task(process.wait()): name
                for name, process in self._processes.items()
            }
            await asyncio.wait({stopped, *exits}, return_when=asyncio.FIRST_COMPLETED)
            for task, name in exits.items():
                if not task.done():
                    task.cancel()
                elif not stop.is_set():
                    await self._start_again(name, task.result())

    async def _start_again(self, name: str, code: int) -> None:
        if code > 0:
            raise typer.Exit(code)
        if code == 0:
            raise OperatorError(
                f"newsline {name} was stopped by another process: newsline run ends"
            )
        self._restarts[name] = self._restarts.get(name, 0) + 1
        report(
            f"newsline {name} was killed by signal {-code}: started again",
            LogEvent.RESTART,
            level=logging.WARNING,
        )
        await self.start(name, *self._commands[name])

    async def stop(self, name: str) -> None:
        """Stop the process after its work in progress; kill it after STOP_SECONDS."""
        process = self._processes.pop(name)
        self._stopping.append(name)
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


def _state(process: asyncio.subprocess.Process) -> str:
    """running, stopped or gone. Off Linux a stopped process is not seen."""
    if process.returncode is not None:
        return "gone"
    try:
        after_name = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2]
    except OSError:
        return "running"
    return "stopped" if after_name.split()[0] in STOPPED else "running"


def _environment() -> dict[str, str]:
    """This process's environment without newsline's variables, which run has read and passes on as
    flags. Kafka's security variables stay: secrets are never passed as flags. Those of the
    sandbox's children stay too: they are no flags."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in security.VARIABLES or not name.startswith(PREFIX) or is_for_children(name)
    }
    return kept | {PARENT: str(os.getpid()), memory.PARTS: str(PROCESSES)}
