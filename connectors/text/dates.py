"""Parse dates and times as feeds and pages write them, in many languages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from connectors.text import date_words as words
from connectors.text.persian_calendar import gregorian
from connectors.text.time_of_day import time_of_day
from newsline.records import utc

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""No article on the web is older: 0001-01-01 and 1970-01-01 mean "unknown"."""

_LONGEST = 100
_MOST_SECONDS = 1e11
"""Since 1970, in the year 5138. A larger number counts milliseconds, or microseconds."""

_THAI = range(2533, 2700)
"""Years of the Buddhist era, 543 ahead, from EARLIEST on."""

_PERSIAN = range(1369, 1410)
"""Years of the Persian calendar from EARLIEST on; as Islamic years they are earlier."""

_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{13}|\d{16}")
_ISO = re.compile(r"[\d-]+(?:W\d\d-?\d)?(?:[T ]|$)", re.IGNORECASE)
"""Input for Python's ISO 8601 parser, which would read the zone of ``2026-11-25+01:00`` as a
time, and a week alone as its Monday."""
_RFC_5322 = re.compile(
    r"[A-Z][a-z]{2}, (\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):([0-5]\d)"
    r" (?:GMT|([+-]\d\d)(\d\d))"
)
_COMPACT = re.compile(r"(\d{8})(\d{4}(?:\d\d)?)")
_COMMENT = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_ORDINAL = re.compile(r"(\d{4})-(\d{3})")
_NUMBERS = re.compile(
    r"(?<!\d)(?:(\d{1,4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,4})|((?:19|20)\d\d)(\d\d)(\d\d))(?!\d)"
)
_AFTER_YEAR = re.compile(r"(?<=\d)\s?[年년]\s?(?=\d)|(?<=\d)\s?[月월]\s?(?=\d)")
_AFTER_DAY = re.compile(r"(?<=\d)\s?[日일号號]")
_IN_URL = re.compile(
    r"/((?:19|20)\d\d)(?:([/_-])(\d\d?|[a-z]{3,9})\2(\d\d?)(?=[/_+.-]|$))"
    r"|[/_-]((?:19|20)\d\d)(\d\d)(\d\d)(?=[/._-]|$)",
    re.IGNORECASE,
)


class _Day(NamedTuple):
    """Numbers as written."""

    year: str
    month: str
    day: str

    def midnight(self) -> datetime | None:
        """In UTC; None if there is no such day. Two digits of a year below 50 mean 20xx, others
        19xx (RFC 2822, 4.3)."""
        year = int(self.year)
        if len(self.year) <= 2:
            year += 2000 if year < 50 else 1900
        with suppress(ValueError):
            day = datetime(_of_our_era(year), int(self.month), int(self.day), tzinfo=UTC)
            return _plausible(day)
        return None


def parse_time(written: str, language: str = "") -> datetime | None:
    """The time in UTC of a written date; None if it is not certain, or before 1990.

    Reads ISO 8601, RFC 5322, seconds and milliseconds since 1970, and dates with names of months in
    the languages of :mod:`~connectors.text.date_words`. None too for an unknown zone, and where day
    and month may be exchanged, unless the weekday decides. ``language``: of the text, for names of
    months that mean different ones in two languages.
    """
    moment = as_written(written, language)
    return utc(moment) if moment else None


def as_written(written: str, language: str = "") -> datetime | None:
    """Like :func:`parse_time`, in the written zone.

    ``GMT+9`` means nine hours ahead of UTC, as its writers intend. Defaults: UTC, midnight.
    """
    written = " ".join(written.split())
    if not written or len(written) > _LONGEST:
        return None
    with suppress(ValueError, OverflowError):  # no such day, hour or zone
        if _EPOCH.fullmatch(written) and written.isascii():
            return from_epoch(float(written))
        written = _COMPACT.sub(r"\1T\2", written) if _COMPACT.fullmatch(written) else written
        moment = _iso(written) or _rfc_5322(written)
        return _plausible(moment or _spelled(words.fold(written), language[:2].lower()))
    return None


def from_epoch(number: float) -> datetime | None:
    """The UTC time of a number of seconds, milliseconds or microseconds since 1970; None if it is
    out of range or before 1990."""
    for unit in (1_000, 1_000):
        number = number / unit if number > _MOST_SECONDS else number
    try:
        return _plausible(datetime.fromtimestamp(number, UTC))
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
    months = {month} if month.isdigit() else map(str, words.months(month.lower(), ""))
    return _certain((_Day(year, each, day) for each in months), frozenset())


def _iso(written: str) -> datetime | None:
    if not _ISO.match(written):
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    if moment.year in _PERSIAN:
        return None
    moment = moment.replace(year=_of_our_era(moment.year))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _rfc_5322(written: str) -> datetime | None:
    """The most frequent form in feeds, in a fifth of the time of the general reading."""
    found = _RFC_5322.fullmatch(written)
    if found is None or len(months := words.months(found[2].lower(), "")) != 1:
        return None
    hours, minutes = int(found[7] or 0), int(found[8] or 0)
    ahead = timedelta(
        hours=hours, minutes=-minutes if (found[7] or "").startswith("-") else minutes
    )
    day, year, hour, minute, second = map(int, found.group(1, 3, 4, 5, 6))
    (month,) = months
    return datetime(year, month, day, hour, minute, second, tzinfo=timezone(ahead))


def _of_our_era(year: int) -> int:
    return year - 543 if year in _THAI else year


def _spelled(folded: str, language: str) -> datetime | None:
    """A date with an optional time of day, which may precede it. Raises ValueError."""
    comments = _COMMENT.findall(folded)
    folded = _with_numbers(_COMMENT.sub(" ", folded))
    time, before, after = time_of_day(folded, comments)
    day = _day(before, language, after)
    return day and day.replace(
        hour=time.hour, minute=time.minute, second=time.second, tzinfo=time.tzinfo
    )


def _with_numbers(folded: str) -> str:
    """Years of East Asian eras and dates such as ``2026年11月27日`` in numbers."""
    if folded.isascii():
        return folded
    for name, before in words.eras().items():
        era = re.search(rf"{name}\s?(\d+|元)\s?(?=年)", folded)
        if era:
            year = before + (1 if era[1] == "元" else int(era[1]))
            folded = f"{folded[: era.start()]}{year}{folded[era.end() :]}"
    return _AFTER_DAY.sub(" ", _AFTER_YEAR.sub("/", folded))


def _day(before: str, language: str, after: str) -> datetime | None:
    """Midnight in UTC of the day in the text before and after the time of day."""
    if found := _ORDINAL.fullmatch(before.strip()):
        return _ordinal_day(int(found[1]), int(found[2]))
    text = f"{before} {after}"
    numeric = _NUMBERS.search(text)
    parts = words.parts(text.replace(numeric[0], " ", 1) if numeric else text)
    numbers = [part for part in parts if part.isdecimal()]
    names = [part for part in parts if not part.isdecimal()]
    if persian := _persian_day(numeric, names, numbers):
        return persian
    months = _months(names, language)
    labels = [name for name in names if not (words.is_known(name) or words.months(name, language))]
    if labels and (len(labels) > 1 or not before.startswith(labels[0])):
        return None
    if numeric and not (numbers or months):
        days = _from_numbers(numeric)
    elif months and len(numbers) == 2 and not numeric:
        days = _from_names(months, *numbers)
    else:
        return None
    return _certain(days, {day for name in names for day in words.weekdays(name)})


def _persian_day(
    numeric: re.Match[str] | None, names: Sequence[str], numbers: Sequence[str]
) -> datetime | None:
    """The day in a date of the Persian calendar, as a name of its month or the year shows."""
    months = list(filter(None, map(words.persian_month, names)))
    if numeric and numeric[2] and not (numbers or months) and int(numeric[1]) in _PERSIAN:
        days = [gregorian(*map(int, numeric.group(1, 3, 4)))]
    elif len(months) == 1 and len(numbers) == 2 and int(numbers[1]) in _PERSIAN:
        days = [gregorian(int(numbers[1]), months[0], int(numbers[0]))]
    else:
        return None
    weekdays = [words.weekdays(name) for name in names if words.weekdays(name)]
    return next((d for d in days if d and all(d.weekday() in each for each in weekdays)), None)


def _ordinal_day(year: int, number: int) -> datetime | None:
    day = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=number - 1)
    return day if day.year == year else None


def _months(names: Iterable[str], language: str) -> frozenset[int]:
    """The months that the only name of a month may mean. ``mar`` is one, and a Tuesday too, which
    comes first."""
    found = [name for name in names if words.months(name, language)]
    only = {name for name in found if not words.weekdays(name)} or set(found[1:] or found)
    return words.months(only.pop(), language) if len(only) == 1 else frozenset()


def _from_numbers(found: re.Match[str]) -> Iterator[_Day]:
    first, mark, second, third, *compact = found.groups()
    if not mark:
        yield _Day(*compact)
        return
    if len(first) in (2, 4) and len(third) <= 2:
        yield _Day(first, second, third)
    if len(first) <= 2 and len(third) in (2, 4):
        yield _Day(third, second, first)
        if mark != ".":  # no country writes the month first with dots
            yield _Day(third, first, second)


def _from_names(months: Iterable[int], first: str, second: str) -> Iterator[_Day]:
    """Two digits are a year only after the day."""
    day, year = (second, first) if len(first) == 4 else (first, second)
    if len(day) <= 2 and len(year) in (2, 4):
        yield from (_Day(year, str(month), day) for month in months)


def _certain(days: Iterable[_Day], weekdays: Set[int]) -> datetime | None:
    """The only day that exists, or the only one on its weekday."""
    moments = {moment for day in days if (moment := day.midnight())}
    if len(moments) > 1:
        moments = {moment for moment in moments if moment.weekday() in weekdays}
    return moments.pop() if len(moments) == 1 else None


def _plausible(moment: datetime | None) -> datetime | None:
    return moment if moment and utc(moment) >= EARLIEST else None
