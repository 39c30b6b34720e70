"""Choose an article's text among its readings from page, JSON-LD and feed. Pure.

trafilatura's reading of the page wins unless another one, the JSON-LD's ``articleBody`` or the
feed's full content, contains all of it and clearly more: then trafilatura missed a part. Readings
that differ prove nothing, and shorter ones are often teasers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from connectors.text.clean import clean_lines, clean_text, strip_markup
from newsline.outcomes import Reading, ReadingReason
from newsline.words import count_words, tokens

FEWEST_WORDS = 25
"""A shorter text is a notice, such as of a page that has moved."""

SHINGLE = 4
"""Words in a row."""

CONTAINED = 0.85
"""Least share of a reading's shingles that another one must have to contain it."""

FULLER = 1.15
"""Least ratio of words at which a containing reading has text that the other one misses."""

_BLOCK_END = re.compile(r"</(?:p|div|li|h[1-6]|blockquote|td)\s*>|<br\s*/?>", re.IGNORECASE)


class TextReading(NamedTuple):
    """The text of an article by one method: paragraphs separated by one newline, or empty."""

    name: Reading
    text: str


class Choice(NamedTuple):
    """The reading chosen as the article's text, and the reason.

    ``only``: there is no other. ``agreed``: another one is nearly the same. ``longest``: it
    contains the page's text and more. ``shorter_others``: the others are parts of it.
    ``others_differ``: no other contains it or is contained in it.
    """

    reading: TextReading
    reason: ReadingReason


def choose_text(page: TextReading, others: Sequence[TextReading]) -> Choice | None:
    """The best reading; None if all have fewer than FEWEST_WORDS words."""
    others = [other for other in others if count_words(other.text) >= FEWEST_WORDS]
    if count_words(page.text) < FEWEST_WORDS:
        others.sort(key=lambda other: -count_words(other.text))
        reason: ReadingReason = "only" if len(others) == 1 else "longest"
        return Choice(others[0], reason) if others else None
    if not others:
        return Choice(page, "only")
    fullest = max(others, key=lambda other: count_words(other.text))
    if (
        count_words(fullest.text) >= FULLER * count_words(page.text)
        and containment(page.text, fullest.text) >= CONTAINED
    ):
        return Choice(fullest, "longest")
    return Choice(page, _why(page, others))


def _why(page: TextReading, others: Sequence[TextReading]) -> ReadingReason:
    parts = [other for other in others if containment(other.text, page.text) >= CONTAINED]
    if any(containment(page.text, other.text) >= CONTAINED for other in parts):
        return "agreed"
    return "shorter_others" if parts else "others_differ"


def containment(text: str, other: str) -> float:
    """The share (0 to 1) of a text's shingles that the other text has too."""
    mine = _shingles(text)
    return len(mine & _shingles(other)) / max(1, len(mine))


def _shingles(text: str) -> set[tuple[str, ...]]:
    found = tokens(text)
    return {tuple(found[i : i + SHINGLE]) for i in range(max(1, len(found) - SHINGLE + 1))}


def body_lines(body: str) -> list[str]:
    """The paragraphs of an ``articleBody`` in text or HTML."""
    marked = _BLOCK_END.sub("\n", clean_text(body))
    return [found for part in clean_lines(marked) if (found := strip_markup(part))]
