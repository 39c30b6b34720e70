"""The program of a sandbox's child: ``python child.py FD PARENT_PID``.

It is started by path, so that a child imports only the modules of its tasks and of this package. It
reads from the socket FD the setup and then one task at a time, pickled. It answers in MessagePack,
as a child that a hostile page has taken over must not run code in the parent: pairs of a word and a
value. ``ready`` (missing protections) or ``unusable`` (a message) once; then, for each task,
``started`` and one of ``done`` (a result), ``last`` (a result, after which the child must be
replaced) and ``raised`` (the exception's class, name and message). Each message follows its length
in 8 bytes.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import sys
from typing import Any, NoReturn

OUT_OF_MEMORY = 77
"""Exit code of a child without memory, which can neither answer nor continue."""

LIMITED = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
"""On Linux the private writable memory: 142 MB with trafilatura. Of the address space, 1.2 GB, most
is reserved and never used."""


def main(descriptor: int, parent: int) -> NoReturn:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    try:
        _serve(_Pipe(descriptor), parent)
    except EOFError:
        os._exit(0)  # the parent is gone
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    os._exit(0)


def _serve(pipe: _Pipe, parent: int) -> None:
    sys.path[:], memory_bytes, confined, start = pickle.loads(pipe.receive())
    from newsline.sandbox import confinement, replacement

    confinement.end_with(parent)
    try:
        confinement.isolate()
        if memory_bytes:
            resource.setrlimit(LIMITED, (memory_bytes, memory_bytes))
        if problem := _initialize(start):
            pipe.send("unusable", problem)
            return
        missing = confinement.confine() if confined else ""
    except OSError as error:
        pipe.send("unusable", f"a child cannot be confined: {error}")
        return
    pipe.send("ready", missing)
    while True:
        _perform(pipe, pipe.receive())
        if replacement.requested():
            return


def _initialize(start: bytes) -> str | None:
    """Run the initializer. Returns the error's message."""
    try:
        initializer, initargs = pickle.loads(start)
        if initializer:
            initializer(*initargs)
    except MemoryError:
        raise
    except BaseException as error:
        text = str(error)  # one word, such as a missing key, needs the type of the error
        return text if " " in text else repr(error)
    return None


def _perform(pipe: _Pipe, task: bytes) -> None:
    from newsline.sandbox import replacement

    try:
        function, args = pickle.loads(task)
        pipe.send("started", None)
        result = function(*args)
        answer = pipe.message("last" if replacement.requested() else "done", result)
    except MemoryError:
        raise
    except BaseException as error:
        kind = type(error)
        name, text = f"{kind.__module__}.{kind.__qualname__}", str(error)
        answer = pipe.message("raised", (name, text.encode("utf-8", "replace").decode()))
    pipe.write(answer)


class _Pipe:
    """Messages over a socket, by calls that a confined child still has."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def receive(self) -> bytes:
        """The next message. Raises EOFError at the end, and if the parent is gone."""
        return self._read(int.from_bytes(self._read(8), "big"))

    def _read(self, size: int) -> bytes:
        whole, got = bytearray(size), 0
        while got < size:
            try:
                read = os.readv(self._descriptor, [memoryview(whole)[got:]])
            except OSError as error:
                raise EOFError from error
            if not read:
                raise EOFError
            got += read
        return bytes(whole)

    def send(self, word: str, value: Any) -> None:
        self.write(self.message(word, value))

    def message(self, word: str, value: Any) -> bytes:
        """Raises TypeError or ValueError for a value that cannot be sent."""
        import msgspec

        return msgspec.msgpack.encode((word, value))

    def write(self, message: bytes) -> None:
        left = memoryview(len(message).to_bytes(8, "big") + message)
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError as error:
            raise EOFError from error


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
