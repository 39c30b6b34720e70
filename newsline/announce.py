"""Lines on stderr of long-running processes."""

from __future__ import annotations

import os
import sys

from newsline.printable import printable

PARENT = "NEWSLINE_PARENT_PID"
"""Set by ``newsline run`` for its processes; not for operators."""


def report(line: str) -> None:
    """Print the line on stderr at once."""
    print(printable(line), file=sys.stderr, flush=True)


def announce(line: str) -> None:
    """Report a process's start, unless ``newsline run`` has started this process."""
    if PARENT not in os.environ:
        report(line)


def warn(line: str) -> None:
    """Report a warning."""
    report(f"newsline: warning: {line}")
