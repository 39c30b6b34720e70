"""Figures in words: numbers, rates, durations, sizes and times. Pure.

None is an unknown figure, and is shown as :data:`UNKNOWN`, never as 0.
"""

from __future__ import annotations

from datetime import UTC, datetime

from newsline.durations import format_duration

LONGEST = 10 * 365 * 86_400.0
"""Seconds; what is further away is a fault of a clock or a lie."""

UNKNOWN = '<span class="unknown">unknown</span>'


def number(value: float | None) -> str:
    """With a comma after each three digits."""
    return UNKNOWN if value is None else f"{value:,.0f}"


def rate(per_second: float | None) -> str:
    """In the largest of second, minute and hour of which the number is at least 1."""
    if per_second is None:
        return UNKNOWN
    for seconds, unit in ((1, "s"), (60, "min")):
        if per_second * seconds >= 1:
            return f"{_short(per_second * seconds)}/{unit}"
    return f"{_short(per_second * 3_600)}/h" if per_second else "0/min"


def seconds(duration: float | None) -> str:
    """A duration with two digits at least, below two minutes."""
    if duration is None:
        return UNKNOWN
    return f"{_short(duration)} s" if duration < 120 else format_duration(duration)


def size(count: int | None) -> str:
    """Bytes, in decimal units."""
    if count is None:
        return UNKNOWN
    for factor, unit in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB")):
        if count >= factor:
            return f"{_short(count / factor)} {unit}"
    return f"{count / 1_000:,.0f} kB"


def when(moment: float | None, now: float) -> str:
    """The time in UTC, and in words how long ago or from now; with its date on another day."""
    if moment is None:
        return UNKNOWN
    at = _utc(moment)
    clock = f"{at:%H:%M:%S}" if at.date() == _utc(now).date() else f"{at:%F %H:%M}"
    return (
        f'<time datetime="{at:%FT%TZ}">{clock} UTC</time> <small>({relative(moment, now)})</small>'
    )


def relative(moment: float | None, now: float) -> str:
    """In words how long ago, or how long from now."""
    if moment is None:
        return UNKNOWN
    ahead = moment - now
    if abs(ahead) < 1:
        return "now"
    words = format_duration(abs(ahead)) if abs(ahead) < LONGEST else "over 10 years"
    return f"in {words}" if ahead > 0 else f"{words} ago"


def clock(moment: float) -> str:
    """The time of day in UTC."""
    return f"{_utc(moment):%H:%M:%S} UTC"


def share(part: float | None, whole: float | None) -> str:
    """``3 of 98``."""
    return UNKNOWN if part is None or whole is None else f"{part:,.0f} of {whole:,.0f}"


def _short(value: float) -> str:
    """One decimal below 10, and a comma after each three digits."""
    return f"{value:.1f}" if 0 < value < 9.95 else f"{value:,.0f}"


def _utc(moment: float) -> datetime:
    """Times outside of the years 1 to 9999 become the nearest one within."""
    try:
        return datetime.fromtimestamp(moment, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC) if moment > 0 else datetime.min.replace(tzinfo=UTC)
