"""Processes that end with their parent, even if that is killed by SIGKILL."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence

from newsline.announce import PARENT


def exit_with_parent() -> None:
    """End this process when the parent named in :data:`PARENT`, if any, has ended."""
    if parent := os.environ.get(PARENT):
        threading.Thread(target=_watch, args=(int(parent),), daemon=True).start()


# Requests SIGKILL at the parent's death, then executes the command, unless the parent has already
# died. For the kernel the parent is the thread that starts the child: start servers from a thread
# that stays. A preexec_fn is not safe beside other threads.
_BECOME = (
    "import ctypes, os, sys; PR_SET_PDEATHSIG = 1; ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, 9);"
    " os.getppid() == int(sys.argv[1]) or sys.exit(1); os.execvp(sys.argv[2], sys.argv[2:])"
)


def dying_with_parent() -> Sequence[str]:
    """Prefix for the command of a program that must end with this process; empty off Linux."""
    return [sys.executable, "-c", _BECOME, str(os.getpid())] if sys.platform == "linux" else []


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
