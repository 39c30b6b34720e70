"""Processes that end with their parent, even where that is killed with -9."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence

from newsline.announce import PARENT


def exit_with_parent() -> None:
    """End this process at once when the one named in :data:`PARENT`, if any, is gone."""
    if parent := os.environ.get(PARENT):
        threading.Thread(target=_watch, args=(int(parent),), daemon=True).start()


# Asks the kernel for SIGKILL when the parent dies, however it dies, and becomes the command, unless
# the parent is dead by then. To the kernel the thread that starts a child is its parent: start
# servers from a thread that stays. A preexec_fn would do, but is not safe beside other threads.
_BECOME = (
    "import ctypes, os, sys; PR_SET_PDEATHSIG = 1; ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, 9);"
    " os.getppid() == int(sys.argv[1]) or sys.exit(1); os.execvp(sys.argv[2], sys.argv[2:])"
)


def dying_with_parent() -> Sequence[str]:
    """What to put before a program of others' that is to end with this process; Linux only."""
    return [sys.executable, "-c", _BECOME, str(os.getpid())] if sys.platform == "linux" else []


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
