"""Time limits for calls of kafka-python, which waits for its I/O thread without one.

Each call runs in a thread of its own; one that hangs does not delay the exit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

from newsline.broker.kafka.client import ANSWER_SECONDS

Result = TypeVar("Result")

CALL_SECONDS = 1.5 * ANSWER_SECONDS
"""Time limit for one call: above the client's own for a request, whose error says more."""

OPEN_SECONDS = 2 * ANSWER_SECONDS
"""Time limit for a new client, which first looks for the brokers and then asks one."""

CLOSE_SECONDS = 1.0
"""Time limit for closing a client, and for waiting until nobody reads from it."""


def in_thread(work: Callable[[], Result]) -> Future[Result]:
    """Start ``work`` in a daemon thread."""
    outcome: Future[Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """The result of ``work``. Raises TimeoutError if there is none in time."""
    outcome = in_thread(work)
    wait([outcome], seconds)
    if outcome.done():
        return outcome.result()
    raise TimeoutError(f"no answer in {seconds:g} s")
