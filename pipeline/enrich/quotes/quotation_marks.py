"""Text between quotation marks.

Marks are paired within a paragraph. A mark that is open at the paragraph's end stays open if the
next paragraph begins with a mark too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_MARK = re.compile(r"[“”\"«»„]|\n(?=[^\n“\"«„])")
"""A mark, or the start of a paragraph without one, where an open mark is dropped."""

_FOLLOWS = re.compile(r"[\w.,!?…)\]%’'—–-]")
"""A character before a closing mark."""


class QuoteSpan(NamedTuple):
    """``text[start:end]`` is quoted; ``text[opening:closing]`` includes the marks."""

    opening: int
    start: int
    end: int
    closing: int

    def words_in(self, text: str) -> str:
        return text[self.start : self.end]


def quote_spans(text: str) -> Iterator[QuoteSpan]:
    """Each pair of marks with text between them, in order."""
    opening = None
    for mark in _MARK.finditer(text):
        position = mark.start()
        if mark[0] == "\n":
            opening = None
        elif _opens(text, position):
            if opening is None or text[position - 1] != "\n":
                opening = position
        elif opening is not None:
            span = _trimmed(text, opening, position)
            if span.end > span.start:
                yield span
            opening = None


def _opens(text: str, position: int) -> bool:
    """True for an opening mark. Straight and wrongly curled marks: by the character before."""
    mark = text[position]
    before = text[position - 1] if position else "\n"
    if mark in "”»":
        return False
    if mark in "«„":
        return True
    dash = before in "—–-" and text[position + 1 : position + 2].isalnum()
    return dash or not _FOLLOWS.match(before)


def _trimmed(text: str, opening: int, closing: int) -> QuoteSpan:
    start, end = opening + 1, closing
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return QuoteSpan(opening, start, end, closing + 1)
