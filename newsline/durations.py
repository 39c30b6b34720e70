"""Durations as text. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_UNITS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60, "w": 7 * 24 * 60 * 60}
_DURATION = re.compile(rf"(\d+)([{''.join(_UNITS)}])")


def parse_duration(text: str) -> float | None:
    """Parse a number with s, m, h, d or w as seconds; None for anything else."""
    duration = _DURATION.fullmatch(text)
    return float(duration[1]) * _UNITS[duration[2]] if duration else None


def parse_moment(text: str, now: datetime) -> datetime | None:
    """Parse a time of ISO 8601, in UTC unless it names a zone, or a duration before ``now``; None
    for anything else."""
    seconds = parse_duration(text)
    try:
        if seconds is not None:
            return now - timedelta(seconds=seconds)
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def format_duration(seconds: float) -> str:
    """Format in the largest unit of which there are two or more: 90 s, 12 min, 36 h, 7 d."""
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}"
    return f"{round(seconds)} s"


def ago(moment: datetime | None, now: float) -> str:
    """Format the time from the moment to ``now``, in seconds since 1970; ``never`` for None."""
    return f"{format_duration(max(0.0, now - moment.timestamp()))} ago" if moment else "never"
