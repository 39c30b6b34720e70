"""The form of a log line: one JSON object, or text. Pure.

What comes from feeds, servers and records is made safe for terminals here.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from newsline.printable import escaped_json, printable, printable_lines, without_logins

MAX_BYTES = 4096
"""Of a line of JSON, with its end: what the kernel writes to a pipe at once (PIPE_BUF), so that
lines of several processes never mix."""


class LogForm(StrEnum):
    """The form of all lines on stderr."""

    TEXT = "text"
    JSON = "json"


class LogEvent(StrEnum):
    """The kind of a log line; its field ``event``."""

    START = "start"
    """The process has started; the line has its address."""
    PROGRESS = "progress"
    """Counters of `newsline run` since its start, once a minute."""
    OUTAGE = "outage"
    """Broker or state cannot be reached, or no host on the network; the process retries."""
    RECOVERY = "recovery"
    """Broker, state or hosts answer again."""
    RESTART = "restart"
    """A process of `newsline run` was killed and is started again."""
    FEED_FAILED = "feed_failed"
    """The last poll of the feed failed, at the end of `newsline poll --once`."""
    OFFSET = "offset"
    """The job begins or goes on at another offset than the one it committed."""
    OPEN_TRANSACTION = "open_transaction"
    """A transaction on a topic stays open and hides later records, or has ended."""
    RISK = "risk"
    """A setting that may cost records, memory or secrecy."""
    WORKER = "worker"
    """A worker for Flink was refused, or its task manager has gone."""
    LAST_RUN = "last_run"
    """No address was given; that of the last run is used."""
    ERROR = "error"
    """The command ends with this error."""
    USAGE = "usage"
    """The command line or an environment variable is wrong."""
    CRASH = "crash"
    """An exception that nothing handles, with its traceback."""
    LIBRARY = "library"
    """A library's message; `logger` names its logger."""
    STDERR = "stderr"
    """Text that a library or a child process wrote to stderr directly."""
    MESSAGE = "message"
    """Any other line."""


class TextForm(logging.Formatter):
    """The message, after its time if ``times``; a traceback follows in lines of its own."""

    def __init__(self, *, times: bool) -> None:
        super().__init__()
        self._times = times

    def format(self, record: logging.LogRecord) -> str:
        message = record.getMessage()
        if event(record) == LogEvent.LIBRARY:
            message = f"{record.levelname}:{record.name}:{message}"
        time = f"{_time(record)} " if self._times else ""
        lines = [time + printable(without_logins(message))]
        if text := _traceback(self, record):
            # The last line of a command that fails is the one to read.
            place = 0 if event(record) == LogEvent.ERROR else 1
            lines.insert(place, printable_lines(without_logins(text)))
        return "\n".join(lines)


class JsonForm(logging.Formatter):
    """One JSON object: time, level, event, message; if they apply: feed, article, logger,
    traceback. The end of a long message and the beginning of a long traceback are left out."""

    def format(self, record: logging.LogRecord) -> str:
        kind = event(record)
        fields = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "event": kind,
            "message": _GREETING.sub("", record.getMessage()),
            "feed": getattr(record, "feed", ""),
            "article": getattr(record, "article", ""),
            "logger": record.name if kind == LogEvent.LIBRARY else "",
            "traceback": _traceback(self, record),
        }
        fields = {
            name: without_logins(value)
            for name, value in fields.items()
            if value or name == "message"
        }
        while len(line := _encode(fields)) >= MAX_BYTES:
            _shorten(fields)
        return line.decode()


def event(record: logging.LogRecord) -> str:
    """The event of our own records; of all others, ``library``."""
    found: str = getattr(record, "event", LogEvent.LIBRARY)
    return found


def _shorten(fields: dict[str, str]) -> None:
    """Cut a quarter of the longest field: the traceback's beginning, or another one's end."""
    name = max(fields, key=lambda each: len(fields[each]))
    text = fields[name]
    quarter = len(text) // 4 + 1
    fields[name] = f"…{text[quarter:]}" if name == "traceback" else f"{text[:-quarter]}…"


def _encode(fields: dict[str, str]) -> bytes:
    try:
        line = msgspec.json.encode(fields)
    except UnicodeEncodeError:  # half of a surrogate pair
        whole = {name: text.encode("utf-8", "replace").decode() for name, text in fields.items()}
        line = msgspec.json.encode(whole)
    return escaped_json(line)


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    text: str = getattr(record, "traceback", "")
    if not text and record.exc_info:
        text = formatter.formatException(record.exc_info)
    return text


_GREETING = re.compile(r"\Anewsline: (warning: )?")
"""It tells a terminal's reader who speaks; in JSON, the level says the rest."""
