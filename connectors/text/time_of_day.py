"""Find the time of day and its zone in a written date. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, time, timedelta, timezone, tzinfo
from functools import cache

from connectors.text import date_words as words
from connectors.text.alternatives import any_of

_OFFSET = re.compile(r"\s?([+-])(\d{1,2})(?::?(\d\d))?(?!\d)(?:z(?!\w))?")
_OFFSET_AT_END = re.compile(r"\s([+-])(\d\d):?(\d\d)$")
_ZONE = re.compile(r"\s*([a-z]+(?:/[a-z_]+)+|[a-z]{1,9})(?![\w/])")
_ZONED = re.compile(r"(.*\d)(\s?z|\s[a-z]{2,5}|\s?[+-]\d\d:\d\d)")
"""A date with a zone."""


def time_of_day(folded: str, comments: Iterable[str]) -> tuple[time, str, str]:
    """The time of day in a folded text, and the text before and after it and its zone.

    Midnight without one; UTC without a zone, in the ``comments`` too. Raises ValueError for a time
    that does not exist, and for an offset from another zone than UTC.
    """
    clock = next(filter(None, (form.search(folded) for form in _clocks())), None)
    if clock is None:
        found = _ZONED.fullmatch(folded)
        zone = _zone(found[2])[0] if found else None
        return time(tzinfo=zone or UTC), found[1] if found and zone else folded, ""
    before, (zone, after) = folded[: clock.start()], _zone(folded[clock.end() :])
    if zone is None:
        zone = next(filter(None, (_zone(comment)[0] for comment in comments)), UTC)
    hour, minute, second = (int(clock[part] or 0) for part in ("hour", "minute", "second"))
    hour = _hour(hour, clock["half"] or clock["early"])
    return time(hour, minute, min(second, 59), tzinfo=zone), before, after


@cache
def _clocks() -> Sequence[re.Pattern[str]]:
    """Forms of the time of day: ``15:09:02``, ``3pm``, and ``15.09`` after a year or a marker."""
    half = any_of(words.halves())
    hour = rf"(?:(?P<early>{half})\s?)?(?P<hour>\d{{1,2}})"
    begin = rf"(?:(?<=\d)t|(?<![\w:.+-])|(?<=[^\W\da-z])){hour}"
    late = rf"\s?(?P<half>{half})(?!\w)\.?"
    second = r"(?:\s?[:m分분]\s?(?P<second>\d{1,2})(?:[.,]\d+)?)?(?:\s?[分분秒초])?"
    colon = rf"(?:\s?[:h時时시点點]\s?(?P<minute>\d{{1,2}}){second}|\s?[h時时시点點](?!\w))"
    dot = r"\.(?P<minute>\d\d)(?:\.(?P<second>\d\d))?"
    marked = "|".join(rf"(?<=\b{re.escape(marker)})" for marker in words.markers())
    forms = (
        rf"{begin}{colon}(?![\d:])(?:{late})?",
        rf"{begin}(?:{dot})?{late}",
        rf"(?:(?<=\d{{4}})|(?<=\d{{4}}[,.])|{marked})\s{hour}{dot}(?!\S)(?P<half>)",
    )
    return [re.compile(form) for form in forms]


def _hour(hour: int, half: str | None) -> int:
    """Of 24. Raises ValueError."""
    if not half:
        return hour
    if hour > 12:
        # "16:11 PM" is written by careless programs; "14:30 AM" means nothing.
        if words.halves()[half]:
            return hour
        raise ValueError(f"{hour} {half}")
    return hour % 12 + words.halves()[half]


def _zone(text: str) -> tuple[tzinfo | None, str]:
    """The zone at the beginning of a text, or an offset at its end, and the rest of the text.

    Raises ValueError for an offset from another zone than UTC.
    """
    first, _, others = text.strip().partition(" ")
    if first in words.fillers() and not words.zone(first):  # 15:09 Uhr MEZ
        text = others
    zone, rest = _named_zone(text)
    offset = _OFFSET.match(rest) or _OFFSET_AT_END.search(rest)
    if offset is None:
        return zone, rest
    sign, hours, minutes = offset.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    if zone and zone.utcoffset(None) not in (timedelta(), ahead):
        raise ValueError(text)
    return timezone(ahead), _named_zone(f"{rest[: offset.start()]} {rest[offset.end() :]}")[1]


def _named_zone(text: str) -> tuple[tzinfo | None, str]:
    """The zone by the name at the beginning of a text, and the rest of the text."""
    named = _ZONE.match(text)
    zone = words.zone(named[1]) if named else None
    return zone, text[named.end() :] if named and zone else text
