"""The way of log lines to stderr: our own, libraries', uncaught exceptions', and what is written to
the descriptor itself."""

from __future__ import annotations

import atexit
import logging
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any

from newsline.log_lines import JsonForm, LogEvent, LogForm, TextForm
from newsline.raw_stderr import TRACEBACK, RawStderr

VARIABLE = "NEWSLINE_LOG"

logger = logging.getLogger("newsline")


class _Stderr(logging.Handler):
    """Writes each line at once. A line that cannot be written is lost, and nothing else."""

    owns_process = False
    raw: RawStderr | None = None

    def emit(self, record: logging.LogRecord) -> None:
        line = self.format(record)
        with suppress(OSError, ValueError):  # a full disk, a closed pipe
            if self.raw:
                self.raw.write(line.encode() + b"\n")
            else:
                print(line, file=sys.stderr, flush=True)


_handler = _Stderr()
_handler.setFormatter(TextForm(times=False))
logger.addHandler(_handler)
logger.setLevel(logging.INFO)
logger.propagate = False


def start(form: LogForm, *, times: bool, debug: bool) -> None:
    """Write every line in this form, in text with ``times``; with ``debug``, also libraries'
    warnings."""
    _handler.setFormatter(JsonForm() if form == LogForm.JSON else TextForm(times=times))
    root = logging.getLogger()
    if _handler not in root.handlers:
        root.addHandler(_handler)
    root.setLevel(logging.WARNING if debug else logging.ERROR)
    # Beam warns of Google packages that are not needed here, and logs the traceback of each
    # exception that it raises.
    logging.getLogger("apache_beam").setLevel(logging.NOTSET if debug else logging.CRITICAL)
    if form == LogForm.JSON and _handler.owns_process and _handler.raw is None:
        with suppress(OSError):  # stderr is closed
            _handler.raw = RawStderr(_written)
            atexit.register(finish)


def own_process() -> None:
    """From now on, take over what else would be written to stderr in this process: warnings,
    uncaught exceptions; in JSON also what libraries and child processes write to the descriptor.
    """
    _handler.owns_process = True
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def form() -> LogForm:
    """The form of lines now."""
    return LogForm.JSON if isinstance(_handler.formatter, JsonForm) else LogForm.TEXT


def finish() -> None:
    """Write what has been written to the descriptor so far."""
    if raw := _handler.raw:
        _handler.raw = None
        raw.close()


def _written(text: str) -> None:
    """Log text that was written to the descriptor."""
    lines = text.split("\n")
    fields = {"event": LogEvent.STDERR, "traceback": text if len(lines) > 1 else ""}
    logger.warning("%s", lines[-1 if lines[0] == TRACEBACK else 0], extra=fields)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _crash(f"newsline: unexpected error: {kind.__name__}: {error}", (kind, error, trace))


def _uncaught_in_thread(what: threading.ExceptHookArgs) -> None:
    if not issubclass(what.exc_type, SystemExit):
        name = what.thread.name if what.thread else "unknown"
        trace = (what.exc_type, what.exc_value, what.exc_traceback)
        _crash(f"Exception in thread {name}", trace)


def _unraisable(what: Any) -> None:
    trace = (what.exc_type, what.exc_value, what.exc_traceback)
    _crash(f"{what.err_msg or 'Exception ignored in'}: {what.object!r}", trace)


def _crash(message: str, trace: Any) -> None:
    logger.error("%s", message, exc_info=trace, extra={"event": LogEvent.CRASH})
