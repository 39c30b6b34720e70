"""The children of this process, and the settings that they are started with."""

from __future__ import annotations

import os
import threading
from typing import NamedTuple

from newsline.sandbox.memory import child_limit
from newsline.sandbox.pool import Sandbox
from pipeline.enrich.runner import child
from pipeline.enrich.runner.enrichers import EnricherSettings

MAX_TASKS = 5_000
"""Articles until a child is replaced: spaCy's vocabulary grows a little with each."""

CHILD_LEAST = 640 * 1024**2
"""Bytes of memory for a child: the longest English text takes 540 MB, of which 270 are the
models'."""


class Children(NamedTuple):
    """The number of children, their enrichers, and the seconds that an article may take."""

    workers: int
    enrichers: EnricherSettings
    deadline: float


class SharedSandbox:
    """One sandbox for all threads of a process. A forked process starts its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_process: dict[int, Sandbox] = {}

    def started(self, children: Children) -> Sandbox:
        """This process's sandbox; starts the children at the first call."""
        with self._lock:
            if os.getpid() not in self._by_process:
                self._by_process[os.getpid()] = Sandbox(
                    children.workers,
                    initializer=child.load_enrichers,
                    initargs=(children.enrichers, children.deadline),
                    memory_bytes=child_limit(children.workers, CHILD_LEAST),
                    max_tasks=MAX_TASKS,
                )
            return self._by_process[os.getpid()]

    def close(self) -> None:
        """Kill this process's children."""
        with self._lock:
            if sandbox := self._by_process.pop(os.getpid(), None):
                sandbox.close()
