"""Where a text's sentences are, in any language; no model, and so roughly."""

from __future__ import annotations

import re
from collections.abc import Iterator

_END = re.compile(
    r"(?P<stop>[.!?…]+)[\"'”’»)\]]*\s+(?=[\"'“‘«(\[¿¡]*[^\W_a-zà-ÿа-я])|[。！？]+[」』”’）]*|\n+"
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Capt|Jr|Sr|vs|No|Inc|Corp|Ltd|Co|"
    r"Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|bzw|z\.B|u\.a|etc|ca|Nr|M|Mme)|\b[^\W\d_]|"
    r"\b(?:[A-Z]\.){1,4}[A-Z])$"
)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, ``text[start:end]``, without the white space around it.

    A line's end ends one. A full stop after an abbreviation or an initial does not.
    """
    start = 0
    for end in _END.finditer(text):
        stop = end["stop"]
        if stop == "." and _ABBREVIATED.search(text, max(start, end.start() - 12), end.start()):
            continue
        yield from _trimmed(text, start, end.end())
        start = end.end()
    yield from _trimmed(text, start, len(text))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    kept = text[start:end]
    if stripped := kept.strip():
        first = start + kept.index(stripped[0])
        yield first, first + len(stripped)
