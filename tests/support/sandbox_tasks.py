"""What the sandbox's tests have done in its children."""

from __future__ import annotations

import os
import re
import signal
import sys
import time

TOLD: list[object] = []


class Particular(Exception):
    """An exception whose constructor takes more than its message: it doesn't unpickle."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.number = number


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


def give_the_unpicklable() -> object:
    return lambda: None


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
