"""The program of a sandbox's child: ``python child.py FD PARENT_PID``.

It is started by path, so that a child imports only the standard library and the modules of its
tasks. It reads from the socket FD the setup and then one task at a time, pickled. It writes tuples
of a word and a value: ``ready`` or ``unusable`` (a message) once; then, for each task, ``started``
and ``done`` (a result) or ``raised`` (an exception).
"""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import signal
import sys
from multiprocessing.connection import Connection

OUT_OF_MEMORY = 77
"""Exit code of a child without memory, which can neither answer nor continue."""

LIMITED = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
"""On Linux the private writable memory: 142 MB with trafilatura. Of the address space, 1.2 GB, most
is reserved and never used."""

PR_SET_PDEATHSIG = 1


def main(descriptor: int, parent: int) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    _end_with(parent)
    with Connection(descriptor) as pipe:
        try:
            _serve(pipe)
        except (EOFError, OSError):
            os._exit(0)  # the parent is gone
        except MemoryError:
            os._exit(OUT_OF_MEMORY)


def _end_with(parent: int) -> None:
    """End with the parent. Without this signal, a child ends at its next read from the socket."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _serve(pipe: Connection) -> None:
    if _set_up(pipe):
        while True:
            _perform(pipe, pipe.recv_bytes())


def _set_up(pipe: Connection) -> bool:
    sys.path[:], memory_bytes, rest = pipe.recv()
    if memory_bytes:
        resource.setrlimit(LIMITED, (memory_bytes, memory_bytes))
    try:
        initializer, initargs = pickle.loads(rest)
        if initializer:
            initializer(*initargs)
    except MemoryError:
        raise
    except BaseException as error:
        text = str(error)  # one word, such as a missing key, needs the type of the error
        pipe.send(("unusable", text if " " in text else repr(error)))
        return False
    pipe.send(("ready", None))
    return True


def _perform(pipe: Connection, task: bytes) -> None:
    try:
        function, args = pickle.loads(task)
        pipe.send(("started", None))
        answer = pickle.dumps(("done", function(*args)), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        raise
    except BaseException as error:
        answer = _raised(error)
    pipe.send_bytes(answer)


def _raised(error: BaseException) -> bytes:
    """The exception; if it cannot be pickled, a RuntimeError with its name and text."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    try:
        answer = pickle.dumps(("raised", error))
        pickle.loads(answer)
    except Exception:
        answer = pickle.dumps(("raised", RuntimeError(f"{type(error).__name__}: {error}")))
    return answer


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
