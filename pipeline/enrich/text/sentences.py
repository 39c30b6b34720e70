"""Sentence boundaries in any language, by rules; approximate."""

from __future__ import annotations

import re
from collections.abc import Iterator

_MARKS = r"\"'“”‘’„‚«»‹›"
"""Opening and closing marks differ between languages; the space beside them decides."""

_SPACED = r"[«‹]\s"
"""French opens a quote so, and closes one with a space before the mark."""

_END = re.compile(
    rf"(?<![.!?…])(?P<stop>[.!?…]++)(?:[{_MARKS})\]]|\s[»›](?!\S))*+\s++"
    rf"(?=(?:{_SPACED}|[{_MARKS}(\[¿¡])*+[^\W_a-zà-ÿа-я])|[。！？]+[」』”’）]*|\n+"
)
_ABBREVIATED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Capt|vs|No|"
    r"Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|bzw|z\.B|u\.a|ca|Nr|Mme|[^\W\d_])$"
)
_MAY_END = re.compile(r"\b(?:Jr|Sr|Inc|Corp|Ltd|Co|etc|[ap]\.m|(?:[A-Z]\.){1,4}[A-Z])$")
"""Abbreviations that can end a sentence: the next word decides."""

_BEGINS = re.compile(
    r"(?:The|A|An|It|He|She|They|We|I|This|That|These|Those|There|But|And|In|On|At|For|"
    r"His|Her|Its|Their|Our|My)\b(?!\.)"
)
"""Words that are capitalised only at the start of a sentence."""


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, ``text[start:end]``, without surrounding white space.

    A line break ends a sentence. A full stop after an initial or an abbreviation does not, unless
    the abbreviation can end a sentence and the next word begins one.
    """
    start = 0
    for end in _END.finditer(text):
        if end["stop"] == "." and _goes_on(text, max(start, end.start() - 12), end):
            continue
        yield from _trimmed(text, start, end.end())
        start = end.end()
    yield from _trimmed(text, start, len(text))


def _goes_on(text: str, begin: int, stop: re.Match[str]) -> bool:
    """True if the full stop is an abbreviation's. ``begin``: start of the words to look at."""
    if _MAY_END.search(text, begin, stop.start()):
        return not _BEGINS.match(text, stop.end())
    return _ABBREVIATED.search(text, begin, stop.start()) is not None


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    kept = text[start:end]
    if stripped := kept.strip():
        first = start + kept.index(stripped[0])
        yield first, first + len(stripped)
