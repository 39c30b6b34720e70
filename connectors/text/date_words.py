"""Words in dates of many languages: date_names.json from CLDR, and date_words.toml. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta, timezone, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from connectors.text.alternatives import any_of

_FOLDER = Path(__file__).parent
_DASHES = "‐‑‒–—―−"
_ALIKE = str.maketrans(dict.fromkeys(_DASHES, "-") | dict.fromkeys("'’‘ʼ`´׳״", "") | {"ı": "i"})
_HYPHEN = re.compile(r"(?<=[^\W\d])-(?=[^\W\d])")
_INNER_DOT = re.compile(r"(?<=[^\s\d.,:;/()-])\.(?=[^\s\d.,:;/()-])")
_ACCENTS = {*range(10, 36), 202, 216, 220, 230}
"""Combining classes of accents, and of the vowel points of Hebrew and Arabic. The signs of Indic
scripts and of Thai have others: without them names of months coincide."""
_ARABIC_LETTERS = str.maketrans("يك", "یک")
"""Arabic letters that Persian texts have in place of their own."""
_SHORTEST = 3
"""Letters of an abbreviation that CLDR does not have."""


class _Names(msgspec.Struct, frozen=True):
    months: Mapping[str, int | Mapping[int, tuple[str, ...]]]
    weekdays: Mapping[str, tuple[int, ...]]


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    months: Mapping[str, int]
    persian_months: Mapping[str, tuple[str, ...]]
    halves: Mapping[str, tuple[str, ...]]
    fillers: tuple[str, ...]
    markers: tuple[str, ...]
    changes: tuple[str, ...]
    eras: Mapping[str, int]
    offsets: Mapping[str, str]
    regions: Mapping[str, str]


def fold(text: str) -> str:
    """Lower case, ASCII digits and dashes; without accents, apostrophes, invisible characters, and
    hyphens and dots in words."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text.translate(_ALIKE))
        kept = (c for c in parts if not _is_accent(c))
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in kept)
        text = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    return _INNER_DOT.sub("", _HYPHEN.sub(" ", text.lower().replace("'", "")))


def _is_accent(character: str) -> bool:
    is_invisible = unicodedata.category(character) == "Cf"
    return is_invisible or unicodedata.combining(character) in _ACCENTS


@cache
def _names() -> _Names:
    return msgspec.json.decode((_FOLDER / "date_names.json").read_bytes(), type=_Names)


@cache
def _words() -> _Words:
    return msgspec.toml.decode((_FOLDER / "date_words.toml").read_bytes(), type=_Words)


@lru_cache(maxsize=4_096)
def months(word: str, language: str) -> frozenset[int]:
    """The months that a folded word may mean, in the language (a primary subtag) if it is one of
    those that differ; by a beginning of three letters too if it is unambiguous."""
    known = _names().months
    if (found := _words().months.get(word) or known.get(word)) is None:
        return _by_beginning(word)
    if isinstance(found, int):
        return frozenset({found})
    spoken = frozenset(month for month, languages in found.items() if language in languages)
    return spoken or frozenset(found)


def is_month(word: str) -> bool:
    """Whether a folded word is a month's name, or its abbreviation, in any language."""
    return word in _words().months or word in _names().months


def _by_beginning(word: str) -> frozenset[int]:
    if len(word) < _SHORTEST or weekdays(word):
        return frozenset()
    numbers = {number for name, number in _names().months.items() if name.startswith(word)}
    first = next(iter(numbers), None)
    return frozenset({first}) if len(numbers) == 1 and isinstance(first, int) else frozenset()


def weekdays(word: str) -> tuple[int, ...]:
    """The weekdays that a folded word may mean; Monday is 0."""
    return _names().weekdays.get(word, ())


@cache
def fillers() -> frozenset[str]:
    """Words without information of their own, folded."""
    return frozenset(map(fold, _words().fillers))


def is_known(word: str) -> bool:
    """True for a weekday, and for a word without information of its own."""
    return word in fillers() or bool(weekdays(word))


def parts(folded: str) -> list[str]:
    """The numbers and names in a text; a name may have several words."""
    return _part().findall(folded)


@cache
def _part() -> re.Pattern[str]:
    names = (*_names().months, *_names().weekdays)
    several = any_of(name for name in names if " " in name)
    return re.compile(rf"(?<!\w){several}(?!\w)|\d+|[^\s\d!-/:-@\[-`{{-~،、。·•|]+")


@cache
def changes() -> tuple[str, ...]:
    """Folded beginnings of the words for a change."""
    return tuple(map(fold, _words().changes))


@cache
def markers() -> tuple[str, ...]:
    """Folded words before a time of day."""
    return tuple(map(fold, _words().markers))


@cache
def halves() -> Mapping[str, int]:
    """Folded word for a half of the day → hours to add: 0 or 12."""
    return {
        fold(word): hours
        for half, hours in (("am", 0), ("pm", 12))
        for word in _words().halves[half]
    }


def persian_month(word: str) -> int:
    """The month of the Persian calendar with this folded name; 0 for other words."""
    return _persian_months().get(word.translate(_ARABIC_LETTERS), 0)


@cache
def _persian_months() -> Mapping[str, int]:
    each = _words().persian_months.items()
    return {fold(name): int(number) for number, names in each for name in names}


@cache
def eras() -> Mapping[str, int]:
    """Folded name of an era → the year before its first."""
    return {fold(name): year for name, year in _words().eras.items()}


@lru_cache(maxsize=1_024)
def zone(name: str) -> tzinfo | None:
    """The zone of a folded IANA name or abbreviation; None for an unknown or ambiguous one."""
    if place := _places().get(_words().regions.get(name.upper(), name).lower()):
        return ZoneInfo(place)
    return _offsets().get(name)


@cache
def _places() -> Mapping[str, str]:
    return {name.lower(): name for name in available_timezones() if "/" in name}


@cache
def _offsets() -> Mapping[str, tzinfo]:
    return {
        name.lower(): timezone(_ahead(offset))
        for offset, names in _words().offsets.items()
        for name in names.split()
    }


def _ahead(offset: str) -> timedelta:
    hours, minutes = offset[1:].split(":")
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return -ahead if offset.startswith("-") else ahead
