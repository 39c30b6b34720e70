"""The end of a process, although one of its threads hangs in a library."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from newsline.announce import fail
from newsline.log_output import finish

LINGER_SECONDS = 5.0
"""Time for Python's own end, which waits for threads without limit."""

OUTPUT_SECONDS = 1.0
"""Time for the last output."""

STUCK_SECONDS = 60.0
"""Time after a signal without progress: longer than a commit and its retries."""


def end_soon(code: int) -> None:
    """End this process with the exit code, in LINGER_SECONDS at the latest."""
    _after(lambda: time.sleep(LINGER_SECONDS), code)


def end_if_stuck(silence: Callable[[], float]) -> None:
    """From a signal to stop on: end this process with exit code 1 if it makes no progress.

    ``silence`` returns the seconds since the last progress.
    """
    signalled = time.monotonic()

    def wait() -> None:
        while min(silence(), time.monotonic() - signalled) < STUCK_SECONDS:
            time.sleep(1.0)

    _after(wait, 1, f"no end {STUCK_SECONDS:.0f} s after the signal: a thread hangs")


def _after(wait: Callable[[], None], code: int, line: str = "") -> None:
    def end() -> None:
        wait()
        # In a thread: output that nobody reads may be why this process hangs.
        output = threading.Thread(target=_finish_output, args=(line,), daemon=True)
        output.start()
        output.join(OUTPUT_SECONDS)
        os._exit(code)

    threading.Thread(target=end, daemon=True).start()


def _finish_output(line: str) -> None:
    with suppress(Exception):  # a closed pipe
        if line:
            fail(line)
        finish()
        sys.stderr.flush()
        sys.stdout.flush()
