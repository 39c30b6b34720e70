"""Trim lines around an article's text that are not part of it. Pure.

Whole lines only. At the end: invitations, credits, filing lines. Anywhere: short labels such as
``Most read``. At the beginning: title, subtitle, reading time. A line that begins as an invitation
is one only if it names the publisher's offer or channel, or has up to five words: "Register to
vote by Friday" is news.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set

from connectors.text.normalise import is_stamp, normalise_line
from connectors.text.traces import title_hash
from newsline.page_phrases import any_of
from newsline.words import count_words

_READER = "trim"
_LABEL = re.compile(
    rf"(?:{any_of('advertisement', _READER)}|{any_of('link', _READER)}\b[^.!?]*[.…:]*"
    rf"|{any_of('button', _READER)})",
    re.IGNORECASE,
)
_INVITATION = re.compile(
    rf"(?:please )?(?:{any_of('invitation', _READER)}|{any_of('invitation_abroad', _READER)})\b",
    re.IGNORECASE,
)
_CALL = re.compile(rf"(?:please )?{any_of('call', _READER)}\b", re.IGNORECASE)
_OFFER = re.compile(
    rf"\b(?:{any_of('offer', _READER)}|{any_of('channel', _READER)})\b|\B@\w", re.IGNORECASE
)
_AT_THE_END = re.compile(
    rf"(?:{any_of('invitation_sentence', _READER)}|{any_of('credit_label', _READER)}\s*:.{{0,40}}$"
    rf"|{any_of('filing', _READER)}\s*[:|]|{any_of('credit', _READER)})",
    re.IGNORECASE,
)
_AT_THE_BEGINNING = re.compile(any_of("reading_time", _READER), re.IGNORECASE)
_DATE = re.compile(r"\b(?:19|20)\d\d\b")
_ENDED = re.compile(r"[.!?…。:]['\"”’»)]*$")
MOST_LABEL = 6
"""Words."""

MOST_AT_THE_END = 40
"""Words; a longer paragraph is text, whatever it begins with."""

MOST_CALL = 5
"""Words of an invitation without an offer: ``Subscribe now``."""

MOST_CREDIT = 25
"""Words, of a line with a copyright mark: a caption."""

MOST_DATE = 12
"""Words, of a line with a date before the text."""


def drop_labels(lines: list[str], _: Set[str]) -> list[str]:
    """Without short labels and captions, wherever they are."""
    return [words for words in lines if not _is_apart(words)]


def drop_introductions(lines: list[str], titles: Set[str]) -> list[str]:
    """Without titles, dates and reading times before the text."""
    first = next((n for n, words in enumerate(lines) if not _introduces(words, titles)), len(lines))
    return lines[first:]


def drop_conclusions(lines: list[str], _: Set[str]) -> list[str]:
    """Without invitations, credits and stamps after the text; its first line stays."""
    end = len(lines)
    while end > 1 and _concludes(lines[end - 1]):
        end -= 1
    return lines[:end]


TRIMS: tuple[Callable[[list[str], Set[str]], list[str]], ...] = (
    drop_labels,
    drop_introductions,
    drop_conclusions,
)


def trim_boilerplate(lines: list[str], titles: Set[str]) -> list[str]:
    """The lines of the text alone; ``titles``: hashes of the titles above it."""
    for trim in TRIMS:
        lines = trim(lines, titles)
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
    count = count_words(words)
    if count > MOST_AT_THE_END:
        return False
    if _INVITATION.match(words) and (_OFFER.search(words) or _is_call(words, count)):
        return True
    return bool(_AT_THE_END.match(words)) or is_stamp(normalise_line(words))


def _is_call(words: str, count: int) -> bool:
    """True for ``Subscribe now``."""
    return count <= MOST_CALL and bool(_CALL.match(words))
