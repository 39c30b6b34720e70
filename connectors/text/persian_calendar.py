"""The Persian calendar, which Iran and Afghanistan write dates in. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

_CYCLE, _LEAP_YEARS = 33, (1, 5, 9, 13, 17, 22, 26, 30)
"""Exact from 1343 to 1472 (1964 to 2093)."""
_EPOCH = 226_894
"""Ordinal of the day before the first one of year 1, with the leap years of the cycle."""


def gregorian(year: int, month: int, day: int) -> datetime | None:
    """Midnight in UTC of a date of the Persian calendar; None if there is no such day."""
    is_leap = year % _CYCLE in _LEAP_YEARS
    length = 31 if month <= 6 else 30 if month < 12 or is_leap else 29
    if not (1 <= month <= 12 and 1 <= day <= length):
        return None
    cycles, rest = divmod(year - 1, _CYCLE)
    leaps = cycles * len(_LEAP_YEARS) + sum(leap <= rest for leap in _LEAP_YEARS)
    before = (month - 1) * 30 + min(month - 1, 6)
    ordinal = _EPOCH + 365 * (year - 1) + leaps + before + day
    return datetime.fromordinal(ordinal).replace(tzinfo=UTC)
