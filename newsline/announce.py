"""The line on stderr at the start of a process. A process of ``newsline run`` prints none."""

from __future__ import annotations

import os
import sys

PARENT = "NEWSLINE_PARENT_PID"
"""Set by ``newsline run`` for its processes; not for operators."""


def announce(line: str) -> None:
    """Print the line on stderr, unless ``newsline run`` has started this process."""
    if PARENT not in os.environ:
        print(line, file=sys.stderr, flush=True)
