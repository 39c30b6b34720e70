"""Sentence boundaries in any language, by rules; approximate.

The marks that end a sentence are Unicode's: ``newsline/sentence_marks.toml``. Thai and Tibetan have
none: there, a paragraph is one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from newsline.sentence_ends import AMBIGUOUS, CLOSING, FINAL
from newsline.words import COMBINING

ABBREVIATIONS = Path(__file__).parents[1] / "data" / "abbreviations.toml"

_MARKS = r"\"'“”‘’„‚«»‹›"
"""Opening and closing marks differ between languages; the space beside them decides."""

_SPACED = r"[«‹]\s"
"""French opens a quote so, and closes one with a space before the mark."""

_EAST_ASIAN = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_END = re.compile(
    rf"(?=[{AMBIGUOUS}{FINAL}:\n])(?:"  # rules out most characters at once
    rf"(?<![{AMBIGUOUS}])(?P<stop>[{AMBIGUOUS}]++)(?:[{_MARKS})\]]|\s[»›](?!\S))*+[^\S\n]++"
    rf"(?=(?:{_SPACED}|[{_MARKS}(\[¿¡])*+(?P<next>[^\W_]))"
    # unless between digits, or within a sentence that goes on after a quotation
    rf"|(?:(?<!\d)(?P<mark>[{FINAL}])|[{FINAL}](?!\d))[{FINAL}{AMBIGUOUS}]*+"
    rf"(?![{CLOSING}]+[、，と])[{CLOSING}]*+"
    rf"|(?<=[{_EAST_ASIAN}])[!?]++[{CLOSING}]*+(?=[{_EAST_ASIAN}])"
    r"|(?<=[ա-և]):(?=\s+[«]?[Ա-Ֆ])"  # typed for the Armenian full stop
    r"|\n+)"
)
_READ_BACK = 12
"""Characters before a full stop in which an abbreviation is sought."""


class _Abbreviations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inner: dict[str, tuple[str, ...]]
    outer: dict[str, tuple[str, ...]]
    counted: dict[str, tuple[str, ...]]
    starts: dict[str, tuple[str, ...]]


def _any_of(words: dict[str, tuple[str, ...]]) -> str:
    return "|".join(sorted({re.escape(word) for each in words.values() for word in each}))


_LISTED = msgspec.toml.decode(ABBREVIATIONS.read_bytes(), type=_Abbreviations)
_BEFORE = rf"(?<![\w{COMBINING}])"
_INITIAL = rf"[^\W\d_]|[\u0980-\u0a7f\u0b00-\u0dff\u0e81-\u0eff][{COMBINING}]*"
"""A letter; in Bengali to Sinhala and Lao with its signs, but not in Hindi and Gujarati: these have
words of one letter that end a sentence."""

_ABBREVIATED = re.compile(
    rf"{_BEFORE}(?:{_any_of(_LISTED.inner)}|{_INITIAL})$|[\u0e00-\u0e7f]$"  # Thai: all are
)
_MAY_END = re.compile(rf"{_BEFORE}(?:{_any_of(_LISTED.outer)}|(?:[A-Z]\.){{1,4}}[A-Z])$")
_ORDINAL = re.compile(rf"{_BEFORE}\d\d?$")
_COUNTED = re.compile(rf"(?:{_any_of(_LISTED.counted)})\b")
_BEGINS = re.compile(rf"(?:{_any_of(_LISTED.starts)})\b(?!\.)")
_FULL_STOPS = (".", "۔")
_CASELESS = re.compile("[\u10d0-\u10ff]")
"""Georgian: its letters are small ones in Unicode, also at the start of a sentence."""


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, ``text[start:end]``, without surrounding white space.

    A line break ends a sentence. A full stop after an initial or an abbreviation does not, unless
    the abbreviation can end a sentence and the next word begins one.
    """
    start = 0
    for end in _END.finditer(text):
        if _goes_on(text, max(start, end.start() - _READ_BACK), end):
            continue
        yield from _trimmed(text, start, end.end())
        start = end.end()
    yield from _trimmed(text, start, len(text))


def _goes_on(text: str, begin: int, end: re.Match[str]) -> bool:
    """True before a small letter, and if the full stop is an abbreviation's. ``begin``: start of
    the words to look at."""
    following = end["next"]
    if following and following.islower() and not _CASELESS.match(following):
        return True
    if (end["stop"] or end["mark"]) not in _FULL_STOPS:
        return False
    if _MAY_END.search(text, begin, end.start()):
        return not _BEGINS.match(text, end.end())
    if _COUNTED.match(text, end.end()) and _ORDINAL.search(text, begin, end.start()):
        return True
    return _ABBREVIATED.search(text, begin, end.start()) is not None


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    kept = text[start:end]
    if stripped := kept.strip():
        first = start + kept.index(stripped[0])
        yield first, first + len(stripped)
