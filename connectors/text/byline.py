"""Extract people's names from author fields and bylines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from connectors.text.alternatives import any_of
from connectors.text.byline_words import WORDS, key
from connectors.text.clean import letters, strip_markup
from connectors.text.person_name import (
    AGENCY,
    BY,
    UNSPACED_BEFORE,
    is_credit,
    is_full,
    is_label,
    is_role,
    person_name,
)
from newsline.given_names import is_given_name
from newsline.records import MAX_AUTHORS

_OPENING, _CLOSING = "([（【", ")]）】"
_ADDRESS = re.compile(r"(?<![^\s,;()\[\]<>])(?=[^\s,;()\[\]<>]*(?:@|://|www\.))[^\s,;()\[\]<>]+")
_INVISIBLE = re.compile("\u200b+(?=\\s)|(?<=\\s)\u200b+")
"""A zero-width space beside a space separates a name from a place."""
_BRACKETS = re.compile(
    rf"\s*[{re.escape(_OPENING)}]([^{re.escape(_OPENING + _CLOSING)}]*)[{re.escape(_CLOSING)}]"
)
_ALL_IN_BRACKETS = re.compile(
    rf"[{re.escape(_OPENING)}]([^{re.escape(_OPENING + _CLOSING)}]*)[{re.escape(_CLOSING)}]?"
)
_NO_BRACKET = rf"[^{re.escape(_OPENING + _CLOSING)}]"
_AGENCY_DATELINE = re.compile(rf"^{_NO_BRACKET}+[=＝]{_NO_BRACKET}+[{re.escape(_CLOSING)}]\s*")
"""A place and an agency before a name, without the opening bracket: ``서울=연합뉴스) 김민수``."""
_UNCLOSED = re.compile(rf"(?<=\w)\s*[{re.escape(_OPENING)}].*$")
_TOGETHER = re.compile(rf"\s*{any_of((*WORDS.between, *WORDS.between_any_case))}\s+", re.I)
_GENERATION = re.compile(r",\s*((?:jr|sr)\b\.?|I{2,3}\b|IV\b)", re.IGNORECASE)

_MARKS = re.compile(r"\s*[;|•·/／、，；\n]\s*|\s+\+\s+")
_DASH = re.compile(r"\s+[–—-]{1,2}\s+")
_BETWEEN = re.compile(
    rf"\s*&\s*|\s+(?:(?i:{any_of(WORDS.between_any_case)})|{any_of(WORDS.between)}"
    rf"|{any_of(map(str.upper, WORDS.between))})\s+"
)
_BETWEEN_FULL = re.compile(
    rf"\s+{any_of(WORDS.between_full_names)}\s+(?=\S+\s)(?!(?i:{any_of(WORDS.place_starts)})\s)"
)
"""Before a single word these are a part of a name: Ramón y Cajal."""
_JOINED = [
    re.compile(rf"(?<=\S)\s+{mark}(?!{any_of(name[1:] for name in names)}\b)(?=\w+ \w)")
    for mark, names in WORDS.joined.items()
]

_CREDIT = re.compile(
    rf"\s*{any_of(WORDS.unspaced.credits)}[\s:：/／]+"
    rf"|\s+{any_of((*WORDS.parts.credits, *WORDS.parts.later_credits))}\s*:",
    re.I,
)
_CREDITED = "; photo: "
_CHINESE_NAME = rf"(?:{any_of(WORDS.unspaced.compound_surnames)}[一-鿿]{{1,2}}|[一-鿿]{{2,3}})"
_DATELINE = re.compile(
    rf"(?<=\S)\s*[/／|｜]\s*[一-鿿]{{2,5}}?{any_of(WORDS.unspaced.dateline_ends)}\s*$"
)
_CHINESE = re.compile(r"(?<=[一-鿿])\s+(?=[一-鿿])")
_CHINESE_NAMES = re.compile(
    rf"(?=.*(?<![一-鿿])[{WORDS.unspaced.chinese_surnames}])"
    rf"{_CHINESE_NAME}(?:\s+{_CHINESE_NAME})+"
)
"""Names with a surname that begins no Japanese name: 佐藤 健太 is one person."""
_REPORTER = "记者"
"""In a Chinese byline with this word, spaces separate people."""
_GIVEN = re.compile(r"[^\W\d]\S*(?: [^\W\d]\.?)?")
"""A given name, optionally with an initial."""
_INITIALS = re.compile(r"(?:[^\W\d_a-z]\.?[\s-]?){1,4}")
_NO_ORGANISATION = re.compile(r"\d{3}|[:<>{}=*_@?!]|://|www\.|\.$")
_LONGEST_ORGANISATION = 60
_MOST_WORDS = 6
_SHORT = 5
"""Site names up to this many letters occur within other names by chance."""
_SHORTEST_GIVEN = 3
_LONGEST = 1_000


def people(names: Iterable[str], site_name: str = "", *, one_each: bool = False) -> tuple[str, ...]:
    """The people among the names, without repetitions, in order; at most :data:`MAX_AUTHORS`.

    A name may list several people (``By Ana Díaz and Li Wei``). With ``one_each``, each name is
    declared to be one person's: it is split only if all parts are full names, or given ones. Roles
    and places beside a name are cut. Sites, organisations, addresses and labels are dropped.
    """
    site = letters(site_name)
    found: dict[str, str] = {}
    for written in names:
        text = _plain(written[:_LONGEST])
        each = list(_each(text))
        if one_each and not all(map(_is_whole, each)) and (name := person_name(text)):
            each = [name]
        for name in each:
            if not _is_of(name, site):
                found.setdefault(letters(name), name)
    return tuple(found.values())[:MAX_AUTHORS]


def organisation(written: str) -> str:
    """The organisation, department or login in an author field that names no person; empty for
    roles, labels and placeholders such as ``admin``."""
    text = UNSPACED_BEFORE.sub("", _MARKS.split(_plain(written[:_LONGEST]))[0])
    name = BY.sub("", text).strip(" .,:-–—")
    words = name.split()
    if not (1 < len(name) <= _LONGEST_ORGANISATION and len(words) <= _MOST_WORDS):
        return ""
    if is_credit(text) or _NO_ORGANISATION.search(name) or is_label(name):
        return ""
    keys = [key(word) for word in words]
    is_nobody = keys[0] in WORDS.parts.labels or all(map(_is_common, keys))
    return name if not is_nobody and _is_capitalised(words) else ""


def _is_capitalised(words: list[str]) -> bool:
    """Whether no word of several but such as "of" is in small letters."""
    small = WORDS.words.organisation_small
    return len(words) == 1 or not any(word.islower() and word not in small for word in words)


def _is_common(word: str) -> bool:
    """Whether a word names nobody by itself, in any number."""
    lists = (
        WORDS.parts.labels,
        WORDS.parts.alone,
        WORDS.words.desks,
        WORDS.words.organisation_small,
        WORDS.roles.modifiers,
        WORDS.by_before_full_name,
    )
    return not word or is_role(word) or any(word in words for words in lists)


def is_newsroom(byline: str) -> bool:
    """Whether a byline names a news agency or the newsroom itself."""
    desks = WORDS.words.desks
    return bool(AGENCY.search(byline)) or any(key(word) in desks for word in byline.split())


def _plain(written: str) -> str:
    """The names in an author field, without brackets and addresses."""
    text = _ADDRESS.sub(" ", strip_markup(_INVISIBLE.sub(", ", written))).strip()
    if bracketed := _ALL_IN_BRACKETS.fullmatch(text):
        text = bracketed[1]
    text = _AGENCY_DATELINE.sub("", text)
    text = _UNCLOSED.sub("", _BRACKETS.sub(_in_brackets, text))
    return " ".join(_GENERATION.sub(r" \1", text).split())


def _in_brackets(found: re.Match[str]) -> str:
    """Nothing, or the people after a "with"; a mark that is no name's for ``(Photos)``."""
    if together := _TOGETHER.match(found[1]):
        return f"; {found[1][together.end() :]}"
    return "*" if found[1].strip().casefold() in WORDS.parts.credits else ""


def _each(text: str) -> Iterator[str]:
    for pattern in _JOINED:
        text = pattern.sub("; ", text)
    text = _CREDIT.sub(_CREDITED, _DASH.sub(", ", text))
    if _REPORTER in text or _CHINESE_NAMES.fullmatch(text):
        text = _CHINESE.sub("、", text)
    text = _DATELINE.sub("", UNSPACED_BEFORE.sub("", text))
    for part in _MARKS.split(text):
        for listed in _BETWEEN.split(BY.sub("", part)):
            yield from _in_list(listed)


def _in_list(listed: str) -> list[str]:
    """The names between commas; ``Smith, John`` is one name. A single word after a full name is
    dropped as a place or a degree."""
    parts = [part.strip() for part in listed.split(",") if part.strip(" .")]
    if inverted := _inverted(parts):
        return inverted
    names = [
        name
        for place, part in enumerate(parts)
        for one in _BETWEEN_FULL.split(part)
        if (name := person_name(one)) and not (place and (_is_place(name) or name.islower()))
    ]
    return [name for name in names if is_full(name)] or names


def _inverted(parts: list[str]) -> list[str]:
    """The names of a list like ``Smith, John`` or ``Rowling, J. K., Smith, A.``; else empty."""
    surnames, given = [BY.sub("", part) for part in parts[::2]], parts[1::2]
    if len(surnames) != len(given) or any(map(_is_beside_a_name, parts)):
        return []
    initials = all(one.isupper() and _INITIALS.fullmatch(one) for one in given)
    if not initials and not _is_pair(surnames, given):
        return []
    names = (person_name(f"{first} {last}") for first, last in zip(given, surnames, strict=True))
    return [name for name in names if name]


def _is_pair(surnames: list[str], given: list[str]) -> bool:
    return len(given) == 1 and not is_full(surnames[0]) and bool(_GIVEN.fullmatch(given[0]))


def _is_beside_a_name(part: str) -> bool:
    """Whether a part is a degree, an agency or a role."""
    return (
        part.replace(".", "") in WORDS.words.degrees
        or bool(AGENCY.fullmatch(part))
        or any(map(is_role, map(key, part.split())))
    )


def _is_whole(name: str) -> bool:
    """Whether a name can be all of a person's: several words, or a given name."""
    return is_full(name) or is_given_name(name)


def _is_place(name: str) -> bool:
    """Whether a name after a comma is a place of two words: New York, San José."""
    words = name.split()
    return len(words) == 2 and key(words[0]) in WORDS.place_starts


def _is_of(name: str, site: str) -> bool:
    """Whether the name is, contains or is part of the site's name, unless the site is named after
    this person."""
    name_key = letters(name)
    holds = site in (name_key if len(site) > _SHORT else map(letters, name.split()))
    is_part = name_key == site or holds or (len(name_key) > _SHORT and name_key in site)
    return bool(site) and is_part and not _owns_site(name, is_whole=name_key == site)


def _owns_site(name: str, *, is_whole: bool) -> bool:
    """Whether a name with a given name has no words of newspapers. A given name alone is a
    person's if it is only a part of the site's name."""
    first, *others = map(key, name.split())
    if len(first) < _SHORTEST_GIVEN or not is_given_name(first):
        return False
    return WORDS.words.newspapers.isdisjoint(others) if others else not is_whole
