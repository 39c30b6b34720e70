"""A process that another started ends with it, even where that one is killed with -9."""

from __future__ import annotations

import os
import threading
import time

PARENT = "NEWSLINE_PARENT_PID"
"""Set by ``newsline run`` for the processes that it starts; an operator has no use for it."""


def exit_with_parent() -> None:
    """End this process at once when the one named in :data:`PARENT`, if any, is gone."""
    if parent := os.environ.get(PARENT):
        threading.Thread(target=_watch, args=(int(parent),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
