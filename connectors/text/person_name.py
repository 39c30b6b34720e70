"""Cut a person's name out of a part of a byline: ``By Ana Díaz, Berlin`` → ``Ana Díaz``. Pure."""

from __future__ import annotations

import re

from connectors.text.alternatives import any_of
from connectors.text.byline_words import WORDS, key
from connectors.text.clean import letters
from connectors.text.date_words import fold, is_month, weekdays
from newsline.given_names import is_given_name
from newsline.records import MAX_NAME

BY = re.compile(rf"^(?:{any_of(WORDS.by)}(?:\s*[:：]\s*|\s+|$))+", re.IGNORECASE)
_FIRST_WORDS = {phrase.split()[0].strip(":") for phrase in (*WORDS.by, *WORDS.by_before_full_name)}
_BY_INSIDE = re.compile(r"^(.*?)(?<!\w)by\b[:\s]+(?=\S)", re.IGNORECASE)
_OF = re.compile(
    rf"^(?i:{any_of(WORDS.by_before_full_name)})"
    r"(?::\s*|\s+(?!(?i:der|dem|den|zu) )(?=[^\Wa-zß-ÿ]\S* \S))"
)
_OF_INSIDE = re.compile(rf"^(.*?\d.*?)\s{any_of(WORDS.by_before_full_name)}\s+(?=\S+ \S)")
_ENDS = re.compile(
    rf"(?<=\S)[\s,]+(?:(?i:{any_of(WORDS.parts.ends)})|{any_of(WORDS.parts.ends_small)})(?!\w).*$"
)
_DATE = re.compile(r"\S*\d.*$")
_PLACE = re.compile(
    rf"\s(?:{any_of(WORDS.in_place)}\s+[^\W\d_a-z]"
    rf"|en\s+(?:\S+$|(?i:{any_of(WORDS.place_starts)})\s)).*$"
)
UNSPACED_BEFORE = re.compile(
    rf"^(?:{any_of(WORDS.unspaced.before)}[\s:：/／|｜＝=]*"
    rf"|{any_of(WORDS.unspaced.before_mark)}\s*[:：/／|｜＝=・]\s*)"
)
_DEPARTMENT = re.compile(
    rf"^(?:{any_of(WORDS.unspaced.departments)}(?:[\s:：/／・]+|(?=[一-鿿]{{3}}))"
    rf"|[一-鿿ァ-ヶー]{{1,8}}?{any_of(WORDS.unspaced.department_ends)}・)(?=\w)"
)
_UNSPACED_AFTER = re.compile(rf"\s*{any_of(WORDS.unspaced.after)}(?:\s*=)?$")

_NO_NAME = re.compile(r"[\d<>{}=*_@]|://|www\.")
_DOMAIN = re.compile(rf"\.{any_of(WORDS.words.domains)}\b", re.IGNORECASE)
_LABEL_PHRASES = re.compile(rf"\b{any_of(WORDS.parts.label_phrases)}\b", re.IGNORECASE)
AGENCY = re.compile(rf"(?<!\w){any_of(WORDS.words.agencies)}(?!\w)", re.IGNORECASE)
_UNSPACED_SCRIPTS = "\u0e00"
"""From Thai on, most scripts without case have no spaces."""
_INITIAL = re.compile(r"(?:\w\.)*[^\W\d_a-zß-ÿ]")
_MARKS_AROUND = " .,:-–—\"'“”„()=|"
_INITIALS = 5
"""Letters of an agency that is written in initials, at most."""
_MOST_WORDS = 6


def person_name(part: str) -> str:
    """The person in a part of a byline; empty without any."""
    written = _after_by(part.strip())
    words = written.split()
    if not words or is_credit(written):
        return ""
    words = _without_agency(_without_date(_PLACE.sub("", _ENDS.sub("", written))))
    bare = _bare(" ".join(_without_role(_without_degrees(words))))
    return bare if _is_person(bare) else ""


def _after_by(part: str) -> str:
    """What follows the "by"; empty after the "by" of somebody who is not the author."""
    part = _UNSPACED_AFTER.sub("", _DEPARTMENT.sub("", UNSPACED_BEFORE.sub("", part)))
    if begun := BY.match(part):
        return _OF.sub("", part[begun.end() :])
    if inside := _BY_INSIDE.match(part) or _OF_INSIDE.match(part):
        return "" if is_credit(inside[1]) else part[inside.end() :]
    return _OF.sub("", part)


def is_credit(text: str) -> bool:
    """Whether a text begins as a credit of somebody other than the author: Photos: …"""
    return key(text.strip(_MARKS_AROUND).partition(" ")[0].partition(":")[0]) in WORDS.parts.credits


def is_by(text: str) -> bool:
    """Whether a text is a "by" without a name."""
    return bool(BY.fullmatch(text)) or text.lower().rstrip(" :") in WORDS.by_before_full_name


def is_label(text: str) -> bool:
    """Whether a text is nobody's name, a weekday, or has a phrase of a button: View more posts."""
    is_nobody = text.casefold() in WORDS.parts.alone or _is_weekday(text)
    return is_nobody or bool(_LABEL_PHRASES.search(text))


def _is_weekday(text: str) -> bool:
    """Whether a single word is a weekday, and no given name: Dom is both."""
    return " " not in text and bool(weekdays(fold(key(text)))) and not is_given_name(text)


def begins_with_by(text: str) -> bool:
    is_possible = key(text.split(maxsplit=1)[0]) in _FIRST_WORDS
    return is_possible and bool(BY.match(f"{text} ") or _OF.match(text))


def _without_date(text: str) -> list[str]:
    words = _DATE.sub("", text).split()
    while words and len(text.split()) > len(words) and _is_in_date(fold(key(words[-1]))):
        words = words[:-1]
    return words


def _without_agency(words: list[str]) -> list[str]:
    """Without an agency after a full name; initials only in capitals: Ani is a surname."""
    for length in (3, 2, 1):
        name, agency = words[:-length], " ".join(words[-length:])
        is_agency = AGENCY.fullmatch(agency.removeprefix("The "))
        if len(name) > 1 and is_agency and (len(agency) > _INITIALS or agency.isupper()):
            return name
    return words


def _is_in_date(word: str) -> bool:
    return is_month(word) or bool(weekdays(word))


def _without_degrees(words: list[str]) -> list[str]:
    while len(words) > 1 and words[-1].replace(".", "").strip(",") in WORDS.words.degrees:
        if len(words) == 2 and words[0].isupper():  # JACK MA
            break
        words = words[:-1]
    return words


def _without_role(words: list[str]) -> list[str]:
    """The words without a role before or after a name; empty if nothing else is there."""
    roles = [place for place, word in enumerate(words) if is_role(key(word))]
    if not roles:
        return words
    before, after = words[: roles[0]], words[roles[-1] + 1 :]
    while before and key(before[-1]) in WORDS.roles.modifiers and len(before) != 2:
        before = before[:-1]
    is_name = len(before) > 1 and not any(map(_is_about_role, before))
    if is_name:
        return before
    return after if len(after) > 1 or is_full("".join(after)) else []


def is_role(word: str) -> bool:
    return word in WORDS.roles.words or word.endswith(WORDS.roles.endings)


def _is_about_role(word: str) -> bool:
    word = key(word)
    return word in WORDS.roles.modifiers or word in WORDS.words.organisations


def _bare(name: str) -> str:
    """Without marks around it; the dot of an initial or of Jr. stays."""
    bare = name.strip(_MARKS_AROUND)
    last = bare.rpartition(" ")[2]
    is_dotted = f"{bare}." in name and _INITIAL.fullmatch(last)
    return f"{bare}." if is_dotted or last in ("Jr", "Sr") else bare


def _is_person(name: str) -> bool:
    words = name.split()
    if not 1 < len(name) <= MAX_NAME or len(words) > _MOST_WORDS:
        return False
    if len(words) == 1 and not _is_single(name):
        return False
    return any(map(_is_word, words)) and _is_written_as_name(words) and not _is_nobody(name, words)


def _is_single(word: str) -> bool:
    """False for a login and for the initials of an agency."""
    return is_full(word) or not (word.islower() or word.isupper())


def _is_word(word: str) -> bool:
    """False for an initial or several."""
    fewest = 1 if is_full(word) else 3 if "." in word else 2
    return len(letters(word)) >= fewest


def _is_written_as_name(words: list[str]) -> bool:
    """Whether no word but particles is in small letters, or all are. None begins with "in"."""
    if words[0] in WORDS.in_place:
        return False
    small = [word for word in words if word.islower() and key(word) not in WORDS.words.particles]
    return not small or all(word == word.lower() for word in words)


def _is_nobody(name: str, words: list[str]) -> bool:
    keys = [key(word) for word in words]
    if keys[0] == "the" or _NO_NAME.search(name) or _DOMAIN.search(name):
        return True
    if len(keys) == 2 and name.istitle() and keys[1] in WORDS.words.surnames:
        return keys[0] in WORDS.words.not_given or AGENCY.fullmatch(words[0]) is not None
    if any(word in WORDS.parts.labels or word in WORDS.words.organisations for word in keys):
        return True
    if is_label(name):
        return True
    return _is_agency(words) or name.endswith(WORDS.unspaced.organisations)


def _is_agency(words: list[str]) -> bool:
    """Whether the words are an agency's or a broadcaster's name, perhaps with a department's."""
    if AGENCY.fullmatch(" ".join(words)):
        return True
    return bool(AGENCY.fullmatch(words[0])) and all(map(_is_about_role, words[1:]))


def is_full(name: str) -> bool:
    """True for several words, or for a script without spaces, such as Chinese."""
    return " " in name or name[:1] >= _UNSPACED_SCRIPTS
