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
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from itertools import count
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, TypeVar, TypeVarTuple

from newsline.errors import OperatorError
from newsline.sandbox import child as sandbox_child
from newsline.sandbox.lanes import Lanes

START_SECONDS = 120.0
"""For what no deadline covers: a child's start, its initializer, its imports for a task."""

SWITCH_SECONDS = 0.0005

STARTS = 3
"""Failed starts in a row before the sandbox gives up; deliveries of a task to a dying child."""

KILLED_SECONDS = 120.0
"""How long children that are killed while they start are replaced."""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class DeadlineExceeded(Exception):
    """The task took too long; its child was killed."""


class ChildCrashed(Exception):
    """The child died in the task: of a signal, by exiting, or for want of memory."""


class ChildrenFailed(OperatorError):
    """No child can be had, because the initializer fails; says why. No fault of any task."""


class SandboxClosed(Exception):
    """The sandbox was closed before the task was done. No fault of the task."""


class _Died(Exception):
    """The child at the other end is gone."""


class _Killed(_Died):
    """SIGKILL ended it: from the kernel, short of memory, or from an operator."""


class _Late(Exception):
    """The child has not answered in time."""


class _Task(NamedTuple):
    name: str
    payload: bytes
    deadline: float
    future: Future
    lane: Hashable
    attempt: int = 1

    def begins(self) -> bool:
        """Whether to go on with it: nobody has cancelled it."""
        return self.future.running() or self.future.set_running_or_notify_cancel()


class Sandbox:
    """``workers`` children that run functions, each one at a time.

    ``initializer(*initargs)`` runs in each child before its first task. ``memory_bytes`` limits a
    child's address space; 0 or None is no limit. After ``max_tasks`` tasks a child is replaced; 0
    is never. Functions and arguments are pickled; a function of ``__main__`` cannot be found.
    Children end with the process that has the sandbox, whatever ends that, and ignore SIGINT and
    SIGTERM.
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
        # Between two tasks a child's thread needs the interpreter, and waits for a busy main thread
        # as long as Python lets it, 5 ms, and the child with it: 58 pages/s instead of 67.
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_SECONDS))
        start = pickle.dumps((initializer, initargs))
        self._setup = pickle.dumps((sys.path, memory_bytes, start))
        self._max_tasks = max_tasks
        self._tasks: Lanes[_Task | None] = Lanes()
        self._lock = threading.Lock()
        self._children: set[_Child] = set()
        self._over: Exception | None = None
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def submit(
        self, function: Callable[[*Ts], T], *args: *Ts, deadline: float, lane: Hashable = None
    ) -> Future[T]:
        """Run ``function(*args)`` in the next free child, for ``deadline`` seconds at most.

        Tasks wait in lanes, see :class:`newsline.sandbox.lanes.Lanes`; the deadline counts from the
        task's start in the child. The future's exception is DeadlineExceeded, ChildCrashed,
        ChildrenFailed, SandboxClosed, or the function's own. Raises SandboxClosed or
        ChildrenFailed when that is known already.
        """
        payload = pickle.dumps((function, args), pickle.HIGHEST_PROTOCOL)
        future: Future[T] = Future()
        with self._lock:
            if self._over:
                raise self._over
            self._put(_Task(function.__qualname__, payload, deadline, future, lane))
        return future

    async def run(self, function: Callable[[*Ts], T], *args: *Ts, deadline: float) -> T:
        """Like :meth:`submit`, for coroutines."""
        return await asyncio.wrap_future(self.submit(function, *args, deadline=deadline))

    async def attempt(
        self, function: Callable[[*Ts], T], *args: *Ts, deadline: float
    ) -> T | Exception:
        """Like :meth:`run`, but what the task itself fails of, whatever it is, is given back.

        Raises only what is no fault of the task: ChildrenFailed and SandboxClosed.
        """
        try:
            return await self.run(function, *args, deadline=deadline)
        except (ChildrenFailed, SandboxClosed):
            raise
        except Exception as error:
            return error

    def close(self) -> None:
        """End all children at once; what was not done yet raises SandboxClosed."""
        self._end(SandboxClosed("the sandbox was closed"))
        for thread in self._threads:
            thread.join()

    def _put(self, task: _Task) -> None:
        """The longer its arguments, the longer a task takes, as a rule."""
        self._tasks.put(task, task.lane, len(task.payload))

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
        """A thread's work: one child after the other."""
        while child := self._start():
            try:
                self._work(child)
            finally:
                self._dismiss(child)

    def _start(self) -> _Child | None:
        """A child that is ready; None when there is to be none any more.

        A child killed while it starts is replaced for KILLED_SECONDS: a burst of kills, by the
        kernel short of memory or by an operator, says nothing about the next child. Kills that last
        longer, STARTS other failures in a row, or an initializer's error end the sandbox with
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
                word, value = child.begin(self._setup)
            except _Killed as error:
                word, value = "killed", f"the child {error}"
            except (_Died, _Late) as error:
                word, value = "died", f"the child {error}"
            if word == "ready":
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
        """Tasks, until the child is to be replaced or there are to be no more."""
        for _ in range(self._max_tasks) if self._max_tasks else count():
            task = self._tasks.get()
            while task and not task.begins():
                task = self._tasks.get()
            if task is None or not self._perform(child, task):
                return

    def _perform(self, child: _Child, task: _Task) -> bool:
        """Give the task its outcome; False when the child is lost."""
        try:
            word, value = child.begin(task.payload)
        except (_Died, _Late) as error:
            self._try_again(task, error)
            return False
        try:
            if word == "started":
                word, value = child.receive(task.deadline)
        except _Late:
            task.future.set_exception(
                DeadlineExceeded(f"{task.name} took longer than {task.deadline:g} s")
            )
            return False
        except _Died as error:
            task.future.set_exception(self._over or ChildCrashed(f"{task.name}: child {error}"))
            return False
        if word == "done":
            task.future.set_result(value)
        else:
            task.future.set_exception(value)
        return True

    def _try_again(self, task: _Task, error: Exception) -> None:
        """A child that died idle is not the task's fault; one that dies of each receipt is."""
        with self._lock:
            if not self._over and task.attempt < STARTS:
                self._put(task._replace(attempt=task.attempt + 1))
                return
        task.future.set_exception(self._over or ChildCrashed(f"{task.name}: child {error}"))


class _Child:
    """A process and the socket to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, sandbox_child.__file__, str(theirs.fileno()), str(os.getpid())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._pipe = Connection(ours.detach())

    def begin(self, payload: bytes) -> tuple[str, Any]:
        """Hand over the setup or a task, and wait for the first word. Raises _Died or _Late."""
        try:
            self._pipe.send_bytes(payload)
        except OSError:
            raise self._death() from None
        return self.receive(START_SECONDS)

    def receive(self, seconds: float) -> tuple[str, Any]:
        """The child's next word and value. Raises _Died or _Late."""
        try:
            if not self._pipe.poll(seconds):
                raise _Late(f"did not answer for {seconds:g} s")
            answer = self._pipe.recv_bytes()
        except (EOFError, OSError):
            raise self._death() from None
        try:
            word, value = pickle.loads(answer)
        except Exception as error:
            raise _Died(f"gave an answer that cannot be read: {error}") from error
        return word, value

    def kill(self) -> None:
        self._process.kill()

    def end(self) -> None:
        """Kill it and clear it away."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()

    def _death(self) -> _Died:
        """How it ended."""
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
