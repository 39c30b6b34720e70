"""Parse dates and times as feeds and pages write them. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from newsline.records import utc

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No article on the web is older: 0001-01-01 and 1970-01-01 mean "unknown"."""

_ZONES = {
    name: hours
    for hours, names in {
        -8: "PST",
        -7: "PDT MST",
        -6: "MDT CST",
        -5: "CDT EST",
        -4: "EDT",
        0: "Z UT UTC GMT WET",
        1: "WEST CET MET MEZ BST",
        2: "CEST MEST MESZ EET SAST",
        3: "EEST MSK",
        8: "HKT SGT AWST",
        9: "JST KST",
        10: "AEST",
        11: "AEDT",
        12: "NZST",
        13: "NZDT",
    }.items()
    for name in names.split()
}
"""Hours ahead of UTC: RFC 822's names, and other unambiguous ones. IST is India's, Israel's and
Ireland's, so it is not here."""

_LONGEST = 100
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK = re.compile(
    r"(?:(?<=\d)T|\bat\b|(?<!\S))\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?"
    r"(?:\s*([ap])\.?m\b\.?)?(?:\s*([a-z]+))?(?:\s*([+-])(\d{1,2}):?(\d\d)?)?(?!\S)",
    re.IGNORECASE,
)
_ISO = re.compile(r"[\dW-]+(?:[T ]|$)", re.IGNORECASE)
"""Input for Python's ISO 8601 parser, which would read the zone of ``2026-11-25+01:00`` as a
time."""
_COMMENT = re.compile(r"\([^()]*\)$")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_DAY_FIRST = re.compile(r"(?:[^\W\d]+\.?,? ?)?(\d{1,2})\.?[ -]([^\W\d]+)\.?,?[ -](\d{4}|\d\d)")
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d]+\.?,? )?([^\W\d]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.IGNORECASE
)
_IN_URL = re.compile(
    rf"/((?:19|20)\d\d)(?:([/_-])(\d\d?|{'|'.join(_MONTHS)})\2(\d\d?)(?=[/_-]|$))"
    r"|[/_-]((?:19|20)\d\d)(\d\d)(\d\d)(?=[/._-]|$)",
    re.IGNORECASE,
)


def parse_time(written: str) -> datetime | None:
    """The time in UTC of an ISO 8601, RFC 5322 or common English date; None for any other text, an
    unknown zone, or a time before 1990."""
    moment = as_written(written)
    return utc(moment) if moment else None


def as_written(written: str) -> datetime | None:
    """Like :func:`parse_time`, in the written zone.

    ``GMT+9`` means nine hours ahead of UTC, as its writers intend. Defaults: UTC, midnight.
    """
    written = _COMMENT.sub("", " ".join(written.split())).strip()
    if not written or len(written) > _LONGEST:
        return None
    try:
        return _plausible(_iso(written) or _spelled(written))
    except (ValueError, OverflowError):  # no such day, hour or zone
        return None


def from_seconds(since_1970: float) -> datetime | None:
    """The UTC time of a Unix timestamp; None if it is out of range or before 1990."""
    try:
        return _plausible(datetime.fromtimestamp(since_1970, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def has_time(moment: datetime) -> bool:
    """False for midnight in the time's own zone, which is taken for a date alone."""
    return (moment.hour, moment.minute, moment.second) != (0, 0, 0)


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


def _iso(written: str) -> datetime | None:
    if not _ISO.match(written):
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _spelled(written: str) -> datetime | None:
    """A date with an optional time of day, which may precede the year."""
    clock = _CLOCK.search(written)
    if clock is None:
        return _day(written)
    day = _day(" ".join(f"{written[: clock.start()]} {written[clock.end() :]}".split()))
    zone = _zone(*clock.group(5, 6, 7, 8))
    if day is None or zone is None:
        return None
    hour, minute, second = (int(number or 0) for number in clock.group(1, 2, 3))
    return day.replace(hour=_hour(hour, clock[4]), minute=minute, second=second, tzinfo=zone)


def _day(written: str) -> datetime | None:
    """Midnight in UTC."""
    written = written.strip(" ,")
    if found := _YEAR_FIRST.fullmatch(written):
        year, month, day = found.group(1, 3, 4)
    elif found := _DAY_FIRST.fullmatch(written):
        day, month, year = found.groups()
    elif found := _MONTH_FIRST.fullmatch(written):
        month, day, year = found.groups()
    else:
        return None
    return datetime(_year(year), _month(month), int(day), tzinfo=UTC)


def _year(written: str) -> int:
    """Two digits below 50 mean 20xx, others 19xx (RFC 2822, 4.3)."""
    year = int(written)
    return year if len(written) == 4 else year + (2000 if year < 50 else 1900)


def _month(written: str) -> int:
    """Raises ValueError."""
    return int(written) if written.isdigit() else _MONTHS.index(written[:3].lower()) + 1


def _hour(hour: int, half: str | None) -> int:
    """Of 24. Raises ValueError."""
    if half is None:
        return hour
    if hour > 12:
        raise ValueError(f"{hour} {half}m")
    return hour % 12 + (12 if half in "pP" else 0)


def _zone(name: str | None, sign: str, hours: str, minutes: str | None) -> timezone | None:
    """UTC without a zone; None for an unknown name, or a name other than UTC with an offset."""
    ahead = _ZONES.get(name.upper()) if name else 0
    if ahead is None or (ahead and sign):
        return None
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return timezone(timedelta(hours=ahead) + (-offset if sign == "-" else offset))


def _plausible(moment: datetime | None) -> datetime | None:
    return moment if moment and utc(moment) >= EARLIEST else None
