"""What runs in a sandbox's child: ``python sandbox_child.py FD PARENT_PID``.

Started by path, so that a child imports the standard library and what its tasks need, and neither
the parent's main module nor this package. Over the socket FD come the setup and then one task at a
time, pickled; back go tuples of a word and a value: ``ready`` or ``unusable`` (a message) once,
then for each task ``started`` and ``done`` (a result) or ``raised`` (an exception).
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
"""Exit code: a child that could not get memory is in no state to say so, or to go on."""

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
    """Where there is no such signal, a child ends when it next reads from its parent's socket."""
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
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    try:
        initializer, initargs = pickle.loads(rest)
        if initializer:
            initializer(*initargs)
    except MemoryError:
        raise
    except BaseException as error:
        words = str(error)  # a sentence is for the operator; less, such as a key, wants its type
        pipe.send(("unusable", words if " " in words else repr(error)))
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
    """The exception as it is, or its name and words where it cannot travel."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    try:
        answer = pickle.dumps(("raised", error))
        pickle.loads(answer)
    except Exception:
        answer = pickle.dumps(("raised", RuntimeError(f"{type(error).__name__}: {error}")))
    return answer


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
