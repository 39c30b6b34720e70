"""Runs functions in killable child processes, with limits of time and memory.

Why not pebble (5.2.3): its children share a pipe and a lock, so the death of an idle child, or an
exception that cannot be unpickled, ends the pool; of 300 tasks whose children were killed, 83 never
returned. Here each child has its own socket and thread. A task of 10 KB costs 0.1 ms.
"""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from functools import cache
from itertools import count
from typing import NamedTuple, TypeVar, TypeVarTuple

from newsline.announce import report
from newsline.errors import OperatorError
from newsline.log_lines import LogEvent
from newsline.sandbox import answers, environment
from newsline.sandbox import child as sandbox_child
from newsline.sandbox.lanes import Lanes

START_SECONDS = 600.0
"""Limit for what no deadline covers: a child's start, its initializer, a task's imports.

The models load in 1.5 s of CPU. On a machine that left a child 1.5 % of a core, it was not ready
after 120 s; with that limit each child was killed, and the next began anew."""

SWITCH_SECONDS = 0.0005

MAX_ANSWER = 64 * 1024**2
"""Bytes of an answer: feeds and pages have at most 10 MiB."""

STARTS = 3
"""Failed starts in a row before the sandbox gives up; deliveries of a task to a dying child."""

KILLED_SECONDS = 120.0
"""Time for which children that are killed while they start are replaced."""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class DeadlineExceeded(Exception):
    """The task exceeded its deadline; its child was killed."""


class ChildCrashed(Exception):
    """The child died during the task: by a signal, an exit, or lack of memory."""


class ChildrenFailed(OperatorError):
    """No child can be started, for the given reason. Not the fault of a task."""


class SandboxClosed(Exception):
    """The sandbox was closed before the task was done. Not the fault of the task."""


class _Died(Exception):
    """The child at the other end is gone."""


class _Killed(_Died):
    """The child was ended by SIGKILL, from the kernel or an operator."""


class _Late(Exception):
    """The child has not answered in time."""


class TaskFuture(Future[T]):
    """``seconds``: the task's time in its child, set before the result."""

    seconds: float = 0.0


class _Task(NamedTuple):
    name: str
    payload: bytes
    deadline: float
    future: TaskFuture
    lane: Hashable
    answer: answers.AnswerType
    weight: int
    attempt: int = 1

    def begins(self) -> bool:
        """True unless it was cancelled."""
        return self.future.running() or self.future.set_running_or_notify_cancel()


class Sandbox:
    """``workers`` children, each of which runs one function at a time.

    ``initializer(*initargs)`` runs in each child before its first task. ``memory_bytes`` limits a
    child's private memory; 0 or None: no limit. A child is replaced after ``max_tasks`` tasks; 0:
    never. Functions and arguments are pickled; functions of ``__main__`` are not found. Results
    must have the type that the function is annotated with; they and exceptions travel as data.
    Children end with the sandbox's process, however that ends, and ignore SIGINT and SIGTERM. After
    the initializer a child is confined, see :mod:`newsline.sandbox.confinement`.
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
        # Between two tasks a child's thread waits for the interpreter lock, by default up to 5 ms
        # beside a busy main thread: 58 pages/s instead of 67.
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_SECONDS))
        start = pickle.dumps((initializer, initargs))
        confined = os.environ.get(environment.CONFINE, "") != "no"
        self._setup = pickle.dumps((sys.path, memory_bytes, confined, start))
        self.workers = workers
        self._max_tasks = max_tasks
        self._tasks: Lanes[_Task | None] = Lanes()
        self._lock = threading.Lock()
        self._children: set[_Child] = set()
        self._over: Exception | None = None
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        function: Callable[[*Ts], T],
        *args: *Ts,
        deadline: float,
        raises: tuple[type[Exception], ...] = (),
        lane: Hashable = None,
        weight: int | None = None,
    ) -> TaskFuture[T]:
        """Run ``function(*args)`` in the next free child, for at most ``deadline`` seconds.

        Tasks wait in lanes, see :class:`newsline.sandbox.lanes.Lanes`. ``weight``: by default the
        size of the arguments, a measure of the task's duration. The deadline counts from the
        task's start in the child. The future raises DeadlineExceeded, ChildCrashed, ChildrenFailed,
        SandboxClosed, the function's exception if it is in ``raises``, or TaskFailed. Raises
        SandboxClosed or ChildrenFailed if the sandbox has already ended.
        """
        answer = answers.AnswerType(answers.result_type(function), raises)
        payload = pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL)
        future: TaskFuture[T] = TaskFuture()
        weight = len(payload) if weight is None else weight
        with self._lock:
            if self._over:
                raise self._over
            name = function.__qualname__
            self._put(_Task(name, payload, deadline, future, lane, answer, weight))
        return future

    async def run(
        self,
        function: Callable[[*Ts], T],
        *args: *Ts,
        deadline: float,
        raises: tuple[type[Exception], ...] = (),
    ) -> T:
        """Like :meth:`submit`, for coroutines."""
        submitted = self.submit(function, *args, deadline=deadline, raises=raises)
        return await asyncio.wrap_future(submitted)

    async def attempt(
        self,
        function: Callable[[*Ts], T],
        *args: *Ts,
        deadline: float,
        raises: tuple[type[Exception], ...] = (),
    ) -> T | Exception:
        """Like :meth:`run`, but return the exception if the task fails.

        Raises ChildrenFailed and SandboxClosed, which are not the fault of the task.
        """
        try:
            return await self.run(function, *args, deadline=deadline, raises=raises)
        except (ChildrenFailed, SandboxClosed):
            raise
        except Exception as error:
            return error

    def close(self) -> None:
        """End all children at once. Tasks that are not done raise SandboxClosed."""
        self._end(SandboxClosed("the sandbox was closed"))
        for thread in self._threads:
            thread.join()

    def _put(self, task: _Task) -> None:
        self._tasks.put(task, task.lane, task.weight)

    def _end(self, reason: Exception) -> None:
        with self._lock:
            self._over = self._over or reason
            children = list(self._children)
            while not self._tasks.empty():
                if (task := self._tasks.get()) and task.begins():
                    task.future.set_exception(self._over)
            for _ in self._threads:
                self._tasks.put(None)
        for child in children:
            child.kill()

    def _serve(self) -> None:
        """Body of a thread: run one child after another."""
        while child := self._start():
            try:
                self._work(child)
            finally:
                self._dismiss(child)

    def _start(self) -> _Child | None:
        """Start a child and return it when it is ready; None if the sandbox has ended.

        A child killed while it starts is replaced for KILLED_SECONDS: a burst of kills, by the
        kernel short of memory or by an operator, says nothing about the next child. Longer bursts,
        STARTS other failures in a row, or an initializer's error end the sandbox with
        ChildrenFailed. Kills of working children never do.
        """
        failures = 0
        killed_until = time.monotonic() + KILLED_SECONDS
        while failures < STARTS:
            with self._lock:
                if self._over:
                    return None
                try:
                    child = _Child()
                except OSError as error:
                    value = f"no child can be started: {error}"
                    failures += 1
                    continue
                self._children.add(child)
            try:
                word, value = answers.words(child.begin(self._setup))
            except _Killed as error:
                word, value = "killed", f"the child {error}"
            except (_Died, _Late, answers.Unreadable) as error:
                word, value = "died", f"the child {error}"
            if word == "ready":
                _warn(value)
                return child
            self._dismiss(child)
            if word == "unusable":
                break
            if word != "killed" or time.monotonic() > killed_until:
                failures += 1
        self._end(ChildrenFailed(value))
        return None

    def _dismiss(self, child: _Child) -> None:
        with self._lock:
            self._children.discard(child)
        child.end()

    def _work(self, child: _Child) -> None:
        """Run tasks until the child has had max_tasks, or the sandbox ends."""
        for _ in range(self._max_tasks) if self._max_tasks else count():
            task = self._tasks.get()
            while task and not task.begins():
                task = self._tasks.get()
            if task is None or not self._perform(child, task):
                return

    def _perform(self, child: _Child, task: _Task) -> bool:
        """Run the task and set its future. Returns False if the child is lost."""
        try:
            message = child.begin(task.payload)
        except (_Died, _Late) as error:
            self._try_again(task, error)
            return False
        begun = time.monotonic()
        try:
            if answers.is_start(message):
                message = child.receive(task.deadline)
            word, value = task.answer.read(message)
        except _Late:
            task.future.seconds = task.deadline
            task.future.set_exception(
                DeadlineExceeded(f"{task.name} took longer than {task.deadline:g} s")
            )
            return False
        except (_Died, answers.Unreadable) as error:
            task.future.seconds = time.monotonic() - begun
            task.future.set_exception(self._over or ChildCrashed(f"{task.name}: child {error}"))
            return False
        task.future.seconds = time.monotonic() - begun
        if word == "raised":
            task.future.set_exception(value)
        else:
            task.future.set_result(value)
        return word != "last"

    def _try_again(self, task: _Task, error: Exception) -> None:
        """Queue the task again, as the child died idle; after STARTS times it counts as crashed."""
        with self._lock:
            if not self._over and task.attempt < STARTS:
                self._put(task._replace(attempt=task.attempt + 1))
                return
        task.future.set_exception(self._over or ChildCrashed(f"{task.name}: child {error}"))


class _Child:
    """A child process and its socket."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, sandbox_child.__file__, str(theirs.fileno()), str(os.getpid())],
                pass_fds=[theirs.fileno()],
                env=environment.for_child(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def begin(self, payload: bytes) -> bytes:
        """Send the setup or a task, and wait for the first message. Raises _Died or _Late."""
        try:
            self._socket.settimeout(START_SECONDS)
            self._socket.sendall(len(payload).to_bytes(8, "big") + payload)
        except OSError:
            raise self._death() from None
        return self.receive(START_SECONDS)

    def receive(self, seconds: float) -> bytes:
        """The child's next message. Raises _Died or _Late."""
        end = time.monotonic() + seconds
        try:
            size = int.from_bytes(self._read(8, end), "big")
            if size > MAX_ANSWER:
                raise _Died(f"gave an answer of {size} bytes")
            return self._read(size, end)
        except TimeoutError:
            raise _Late(f"did not answer for {seconds:g} s") from None
        except (EOFError, OSError):
            raise self._death() from None

    def _read(self, size: int, end: float) -> bytes:
        """Bytes that the child sends until ``end``, however slowly. Raises TimeoutError, EOFError
        or OSError."""
        whole, got = bytearray(size), 0
        while got < size:
            self._socket.settimeout(max(end - time.monotonic(), 1e-6))
            read = self._socket.recv_into(memoryview(whole)[got:])
            if not read:
                raise EOFError
            got += read
        return bytes(whole)

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """Kill the child and release its resources."""
        self._process.kill()
        self._process.wait()
        self._socket.close()

    def _death(self) -> _Died:
        """The cause of the child's end."""
        try:
            code = self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            return _Died("hung up")
        if code == sandbox_child.OUT_OF_MEMORY:
            return _Died("ran out of memory")
        if code < 0:
            kind = _Killed if code == -signal.SIGKILL else _Died
            return kind(f"died of signal {-code} ({signal.strsignal(-code)})")
        return _Died(f"exited with {code}")


@cache
def _warn(missing: str) -> None:
    """One line per process if children are less confined than they could be."""
    if missing:
        report(
            f"newsline: children that read what the web sends are not confined: {missing}",
            LogEvent.RISK,
            level=logging.WARNING,
        )
