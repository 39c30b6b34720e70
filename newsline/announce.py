"""One line on stderr when a process begins; silent under a parent that greets for it."""

from __future__ import annotations

import os
import sys

PARENT = "NEWSLINE_PARENT_PID"
"""Set for a newsline process by the one that starts it; an operator has no use for it."""


def announce(line: str) -> None:
    """Say on stderr that this process has begun, unless it is its parent that greets."""
    if PARENT not in os.environ:
        print(line, file=sys.stderr, flush=True)
