"""What the sandbox's tests have done in its children."""

from __future__ import annotations

import os
import pickle
import re
import signal
import stat
import sys
import time
from datetime import UTC, datetime
from typing import NamedTuple

from newsline.sandbox import replacement

TOLD: list[object] = []


class Particular(Exception):
    """An exception whose constructor takes more than its message."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.number = number


class Told(NamedTuple):
    title: str
    when: datetime


def process() -> int:
    return os.getpid()


def double(value: int) -> int:
    return 2 * value


def loaded_modules() -> set[str]:
    return set(sys.modules)


def fail(message: str) -> None:
    raise ValueError(message)


def fail_particularly() -> None:
    raise Particular("seven", 7)


def give_a_function() -> object:
    return lambda: None


def tell(title: str) -> Told:
    return Told(title, datetime(2026, 11, 1, tzinfo=UTC))


def lie() -> int:
    return "no number"  # type: ignore[return-value]


class Runs:
    """Its pickle writes a file wherever it is read."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (open, (self.path, "w"))


def give_pickle(path: str) -> bytes:
    return pickle.dumps(Runs(path))


def write_raw(message: bytes, announced: int | None = None) -> None:
    """Write to the parent, past the child's own program, as code would that has taken it over."""
    size = len(message) if announced is None else announced
    for descriptor in range(3, 20):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                os.write(descriptor, size.to_bytes(8, "big") + message)
        except OSError:
            continue
    time.sleep(600)


def ask_for_replacement() -> str:
    replacement.request()
    return "answered"


def backtrack() -> None:
    """Holds the interpreter's lock for years."""
    re.match(r"(a+)+$", "a" * 60 + "b")


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def die_of(number: int) -> None:
    os.kill(os.getpid(), number)


def leave() -> None:
    os._exit(3)


def take_memory(size: int) -> int:
    return len(bytearray(size))


def hoard() -> int:
    """Take memory, and use it, until there is none."""
    taken = []
    while True:
        taken.append(b"x" * 2**22)


def survive_signals() -> str:
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    return "alive"


def remember(value: object) -> None:
    TOLD.append(value)


def told() -> list[object]:
    return TOLD


def miss_model(name: str) -> None:
    raise OSError(f"no model {name}")


def die_at_once() -> None:
    os._exit(9)


def print_children_and_wait() -> None:
    """The main program of a parent that is going to be killed: a busy child and an idle one."""
    from newsline.sandbox.pool import Sandbox

    sandbox = Sandbox(2)
    children: set[int] = set()
    while len(children) < 2:
        children.add(sandbox.submit(process, deadline=10).result())
    busy = sandbox.submit(backtrack, deadline=600)
    while not busy.running():
        time.sleep(0.01)
    print(*children, flush=True)
    time.sleep(600)
