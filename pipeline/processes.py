"""What differs in a process that ``newsline run`` has started: it ends with its parent, even where
that is killed with -9, and leaves it to its parent to greet."""

from __future__ import annotations

import os
import sys
import threading
import time

PARENT = "NEWSLINE_PARENT_PID"
"""Set by ``newsline run`` for the processes that it starts; an operator has no use for it."""


def exit_with_parent() -> None:
    """End this process at once when the one named in :data:`PARENT`, if any, is gone."""
    if parent := os.environ.get(PARENT):
        threading.Thread(target=_watch, args=(int(parent),), daemon=True).start()


def announce(line: str) -> None:
    """Say on stderr that this process has begun."""
    if PARENT not in os.environ:
        print(line, file=sys.stderr, flush=True)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
