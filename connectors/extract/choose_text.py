"""Which of several readings of one article is its text, and why. Pure.

The page as trafilatura reads it is taken unless another reading, the JSON-LD's ``articleBody`` or
the feed's full content, holds all of it and clearly more: then it was read in part.
Readings that disagree are no such proof, and shorter ones are often teasers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from connectors.text.clean import clean_lines, clean_text, strip_markup
from newsline.outcomes import Reading, ReadingReason

FEWEST_WORDS = 25
"""Of a text; what is shorter is a notice, such as that a page has moved."""

SHINGLE = 4
"""Words."""

HELD = 0.85
"""Of a reading's shingles, from which another holds it."""

FULLER = 1.15
"""Times as many words, from which a reading that holds another has what that one misses."""

_BLOCK_END = re.compile(r"</(?:p|div|li|h[1-6]|blockquote|td)\s*>|<br\s*/?>", re.IGNORECASE)


class TextCandidate(NamedTuple):
    """One reading of an article; its text in paragraphs parted by one newline, or empty."""

    name: Reading
    text: str


class Choice(NamedTuple):
    """The reading that is the article's text.

    ``only``: there is no other. ``agreed``: another one is the same but for little. ``longest``: it
    holds the page's and more. ``shorter_others``: the others are parts of it. ``others_differ``: no
    other holds it or is held by it.
    """

    reading: TextCandidate
    reason: ReadingReason


def choose_text(page: TextCandidate, others: Sequence[TextCandidate]) -> Choice | None:
    """The best reading; None where none has FEWEST_WORDS words."""
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
        and containment(page.text, fullest.text) >= HELD
    ):
        return Choice(fullest, "longest")
    return Choice(page, _why(page, others))


def _why(page: TextCandidate, others: Sequence[TextCandidate]) -> ReadingReason:
    parts = [other for other in others if containment(other.text, page.text) >= HELD]
    if any(containment(page.text, other.text) >= HELD for other in parts):
        return "agreed"
    return "shorter_others" if parts else "others_differ"


def containment(text: str, other: str) -> float:
    """The share (0 to 1) of a text's shingles that another has too."""
    mine = _shingles(text)
    return len(mine & _shingles(other)) / max(1, len(mine))


def _shingles(text: str) -> set[tuple[str, ...]]:
    found = re.findall(r"\w+", text.casefold())
    return {tuple(found[i : i + SHINGLE]) for i in range(max(1, len(found) - SHINGLE + 1))}


def count_words(text: str) -> int:
    return len(text.split())


def body_lines(body: str) -> list[str]:
    """The paragraphs of an ``articleBody``, which may be text or HTML."""
    marked = _BLOCK_END.sub("\n", clean_text(body))
    return [found for part in clean_lines(marked) if (found := strip_markup(part))]
