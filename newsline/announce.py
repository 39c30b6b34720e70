"""Lines on stderr of long-running processes, and errors of all commands."""

from __future__ import annotations

import logging
import os

from newsline.log_lines import LogEvent
from newsline.log_output import logger

PARENT = "NEWSLINE_PARENT_PID"
"""Set by ``newsline run`` for its processes; not for operators."""


def report(
    line: str,
    event: LogEvent = LogEvent.MESSAGE,
    *,
    level: int = logging.INFO,
    feed: str = "",
    article: str = "",
    cause: BaseException | None = None,
) -> None:
    """Write the line on stderr at once; ``feed`` is a URL, ``article`` an id. The traceback of
    ``cause`` is shown with it."""
    fields = {"event": event, "feed": feed, "article": article}
    logger.log(level, "%s", line, extra=fields, exc_info=cause)


def announce(line: str, event: LogEvent = LogEvent.START, *, level: int = logging.INFO) -> None:
    """Report at a process's start, unless ``newsline run`` has started this process."""
    if PARENT not in os.environ:
        report(line, event, level=level)


def warn(line: str, event: LogEvent = LogEvent.RISK) -> None:
    """Report a warning."""
    report(f"newsline: warning: {line}", event, level=logging.WARNING)


def fail(
    line: str,
    event: LogEvent = LogEvent.ERROR,
    *,
    feed: str = "",
    cause: BaseException | None = None,
) -> None:
    """Report an error."""
    report(f"newsline: {line}", event, level=logging.ERROR, feed=feed, cause=cause)
