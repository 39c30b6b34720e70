"""Trim lines around an article's text that are not part of it. Pure.

Whole lines only. At the end: invitations, credits, filing lines. Anywhere: short labels such as
``Most read``. At the beginning: title, subtitle, reading time.
"""

from __future__ import annotations

import re
from collections.abc import Set

from connectors.text.traces import title_hash
from newsline.page_phrases import any_of
from newsline.words import count_words

_READER = "trim"
_LABEL = re.compile(
    rf"(?:{any_of('advertisement', _READER)}|{any_of('link', _READER)}\b[^.!?]*[.…:]*"
    rf"|{any_of('button', _READER)})",
    re.IGNORECASE,
)
_AT_THE_END = re.compile(
    rf"(?:(?:please )?{any_of('invitation', _READER)}\b|{any_of('invitation_abroad', _READER)}\b"
    rf"|(?:like|follow|find|join)\b.{{0,60}}\b(?:on|via)\b.{{0,30}}{any_of('channel', _READER)}"
    rf"|{any_of('invitation_sentence', _READER)}|{any_of('credit_label', _READER)}\s*:.{{0,40}}$"
    rf"|{any_of('filing', _READER)}\s*[:|]|{any_of('stamp_line', _READER)}"
    rf"|{any_of('credit', _READER)})",
    re.IGNORECASE,
)
_AT_THE_BEGINNING = re.compile(any_of("reading_time", _READER), re.IGNORECASE)
_DATE = re.compile(r"\b(?:19|20)\d\d\b")
_ENDED = re.compile(r"[.!?…。:]['\"”’»)]*$")
MOST_LABEL = 6
"""Words."""

MOST_AT_THE_END = 40
"""Words; a longer paragraph is text, whatever it begins with."""


MOST_CREDIT = 25
"""Words, of a line with a copyright mark: a caption."""

MOST_DATE = 12
"""Words, of a line with a date before the text."""


def trim_boilerplate(lines: list[str], titles: Set[str]) -> list[str]:
    """The lines of the text alone; ``titles``: hashes of the titles above it."""
    lines = [words for words in lines if not _is_apart(words)]
    while lines and _introduces(lines[0], titles):
        del lines[0]
    while len(lines) > 1 and _concludes(lines[-1]):
        del lines[-1]
    return lines


def _is_apart(words: str) -> bool:
    count = count_words(words)
    label = count <= MOST_LABEL and _LABEL.fullmatch(words.strip(" -•|:"))
    return bool(label) or ("©" in words and count <= MOST_CREDIT)


def _introduces(words: str, titles: Set[str]) -> bool:
    dated = count_words(words) <= MOST_DATE and _DATE.search(words) and not _ENDED.search(words)
    return bool(dated) or title_hash(words) in titles or bool(_AT_THE_BEGINNING.match(words))


def _concludes(words: str) -> bool:
    words = words.strip(" -•|*")
    return count_words(words) <= MOST_AT_THE_END and bool(_AT_THE_END.match(words))
