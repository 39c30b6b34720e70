"""Marks that end a sentence, in any script: sentence_marks.toml. Pure."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

PATH = Path(__file__).with_name("sentence_marks.toml")


class _Marks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    ambiguous: str
    final: tuple[str, ...]
    closing: str
    unmarked: str


_MARKS = msgspec.toml.decode(PATH.read_bytes(), type=_Marks)
AMBIGUOUS, FINAL, CLOSING = _MARKS.ambiguous, "".join(_MARKS.final), _MARKS.closing
"""Contents of character classes."""

_END = re.compile(rf"[{AMBIGUOUS}{FINAL}][{CLOSING}\s]*\Z|[{_MARKS.unmarked}]\W*\Z")
_LONGEST_END = 20
_INSIDE = re.compile(rf"[{AMBIGUOUS}]['\"”’»)]*\s|[{FINAL}][{CLOSING}]*|\n")


def ends_sentence(text: str) -> bool:
    """Whether a sentence ends with the text. True for Thai, Lao and Tibetan: their ends need no
    mark."""
    return bool(_END.search(text[-_LONGEST_END:]))


def cut_text(text: str, limit: int) -> tuple[str, bool]:
    """Cut the text after a sentence to ``limit`` characters. Returns it, and True if it was cut."""
    if len(text) <= limit:
        return text, False
    ends = [match.end() for match in _INSIDE.finditer(text, limit // 2, limit)]
    return text[: ends[-1] if ends else limit].rstrip(), True
