"""Normalise texts for comparison between revisions: cosmetic changes must not count. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import takewhile

from newsline.page_phrases import any_of, phrases
from newsline.sentence_ends import ends_sentence
from newsline.words import count_words

_ALIKE = str.maketrans(
    dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)
_BETWEEN_MARKS = re.compile(r"\s*(['\"-])\s*")
_AGO = re.compile(
    r"\b\d+ (?:second|sec|minute|min|hour|hr)s? ago\b|\bvor \d+ (?:minuten?|stunden?)\b"
    r"|\bil y a \d+ (?:minutes?|heures?)\b|\bhace \d+ (?:minutos?|horas?)\b"
)
_CLOCK = re.compile(r"\b(?:[01]?\d|2[0-3]):[0-5]\d|t\d\d:\d\d")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")

_READER = "normalise"
_STAMPS, _BESIDE_STAMPS = phrases("stamp", _READER), phrases("beside_stamp", _READER)
_COUNTS, _BESIDE_COUNTS = phrases("count", _READER), phrases("beside_count", _READER)
_LINK = re.compile(
    rf"{any_of('link', _READER)}\b"
    rf"|{any_of('link_label', _READER)}(?: (?:stories|articles|news|coverage))?\s*[:|]"
)
_INVITATION = re.compile(
    rf"(?:{any_of('invitation', _READER)}|{any_of('invitation_abroad', _READER)})\b"
    rf".*\b{any_of('channel', _READER)}\b"
)
_ENDS = tuple("\"')]}:;」』")
_LONGEST_LINK = 30
_LONGEST_TITLE = 100
_MOST_BARE = 5
"""More lines in a row are a list in the article itself, such as prizes or a squad."""


def join_lines(lines: Sequence[str]) -> str:
    """Normalised lines as one line."""
    return _BETWEEN_MARKS.sub(r"\1", " ".join(lines))


@lru_cache(maxsize=2)
def normalised_lines(text: str) -> Sequence[str]:
    """The normalised lines of a text without boilerplate; all lines if all are boilerplate.

    Cached, since the hashes of a record and of its revision are made one after the other.

    Boilerplate: time stamps, share counts, links to other articles, invitations to subscribe; at
    the end also lines without sentence end and number: titles of other articles, tags, credits.
    """
    lines = [line for each in text.split("\n") if (line := normalise_line(each))]
    kept = [line for each in lines if not is_boilerplate(each) and (line := _AGO.sub("", each))]
    bare = len(list(takewhile(_is_bare, reversed(kept))))
    return kept[: len(kept) - bare if bare <= _MOST_BARE else None] or lines


def normalise_line(line: str) -> str:
    """Fold case, spaces, and variants of quotes and dashes in a line or title."""
    words = " ".join(unicodedata.normalize("NFKC", line.translate(_ALIKE)).casefold().split())
    return _BETWEEN_MARKS.sub(r"\1", words)


def is_boilerplate(line: str) -> bool:
    """Whether a normalised line is boilerplate by its words alone."""
    named = _named(line)
    return (
        is_stamp(line)
        or (named <= _COUNTS | _BESIDE_COUNTS and bool(named & _COUNTS))
        or (
            bool(_LINK.match(line) or _INVITATION.match(line))
            and count_words(line) <= _LONGEST_LINK
        )
    )


def is_stamp(line: str) -> bool:
    """Whether a normalised line has nothing but the time of publication or update."""
    named = _named(line)
    return named <= _STAMPS | _BESIDE_STAMPS and bool(named & _STAMPS or _CLOCK.search(line))


def _named(line: str) -> set[str]:
    return {word for word in _TOKEN.findall(line) if not word.isdigit()}


def _is_bare(line: str) -> bool:
    """True for a short line without sentence end and without a number that may be corrected."""
    if len(line) > _LONGEST_TITLE or line.endswith(_ENDS) or ends_sentence(line):
        return False
    return not any(c.isdigit() for c in line)
