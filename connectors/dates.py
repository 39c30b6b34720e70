"""Moments as feeds and pages write them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pipeline.records import utc

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""What is older was not published on the web: 0001-01-01 and 1970-01-01 mean "not known"."""

_ZONE = re.compile(r"\s*(?:GMT|UTC)\s*([+-])(\d{1,2}):?(\d{2})?$", re.IGNORECASE)
_LONGEST = 100
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_IN_URL = re.compile(
    rf"/((?:19|20)\d\d)(?:([/_-])(\d\d?|{'|'.join(_MONTHS)})\2(\d\d?)(?=[/_-]|$))"
    r"|[/_-]((?:19|20)\d\d)(\d\d)(\d\d)(?=[/._-]|$)",
    re.IGNORECASE,
)


def parse_time(written: str) -> datetime | None:
    """The moment in UTC of an ISO 8601 or RFC 5322 date; None for what is neither, or before 1990.

    ``GMT+9`` is what its writers mean, nine hours ahead of Greenwich. Without a zone it is UTC;
    without a time it is midnight.
    """
    written = " ".join(written.split())
    if not written or len(written) > _LONGEST:
        return None
    return _plausible(_iso(written) or _rfc(_ZONE.sub(_offset, written)))


def url_date(url: str) -> datetime | None:
    """Midnight in UTC of the date in a URL's path: ``/2026/11/25/``, ``/2026/nov/25/``,
    ``/2026-11-25-``, ``-20261125/``; None where there is none."""
    found = _IN_URL.search(url.partition("?")[0])
    if found is None:
        return None
    year, month, day = (found[1], found[3], found[4]) if found[1] else found.group(5, 6, 7)
    number = month if month.isdigit() else _MONTHS.index(month.lower()) + 1
    try:
        return _plausible(datetime(int(year), int(number), int(day), tzinfo=UTC))
    except ValueError:
        return None


def _offset(zone: re.Match[str]) -> str:
    sign, hours, minutes = zone.groups()
    return f" {sign}{int(hours):02}{minutes or '00'}"


def _iso(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _rfc(written: str) -> datetime | None:
    try:
        return parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _plausible(moment: datetime | None) -> datetime | None:
    try:
        at = utc(moment) if moment else None
    except OverflowError:  # a zone takes the year 1 or 9999 over the edge
        return None
    return at if at and at >= EARLIEST else None
