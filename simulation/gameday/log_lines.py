"""The lines that newsline's processes wrote by ``--log json``: each must be one object."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec


class LogLine(msgspec.Struct, frozen=True):
    """The fields that each line has."""

    time: str
    level: str
    event: str
    message: str


class LogLines(msgspec.Struct, frozen=True):
    """``read``: number of lines that are such objects; ``other``: lines that are not."""

    read: int = 0
    other: tuple[str, ...] = ()


def log_lines(logs: Iterable[Path]) -> LogLines:
    lines = [line for log in logs for line in log.read_bytes().splitlines()]
    other = tuple(line.decode(errors="replace") for line in lines if not _is_read(line))
    return LogLines(len(lines) - len(other), other)


def _is_read(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=LogLine)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True
