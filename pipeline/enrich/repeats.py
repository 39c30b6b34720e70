"""Mentions that a recogniser missed, of names that it found elsewhere in the same text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from pipeline.enrich.spans import Span
from pipeline.records import EntityType

_CAPITALISED = re.compile(r"(?<![\w'’-])[^\W\d_a-z][\w]*")
_MONTHS = frozenset(("May", "March", "April", "June", "August"))


def with_repeats(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans, and what repeats one of them word for word where none is; in the text's order.

    A single word is looked for only where it was marked twice, or is in capitals: one mark may be
    the model's error. A repeat is no part of a longer run of capitalised words.
    """
    known = _known_names(text, spans)
    covered = bytearray(len(text) + 1)
    for span in spans:
        covered[span.start : span.end] = b"\1" * (span.end - span.start)
    added = []
    for word in _CAPITALISED.finditer(text):
        for name, kind in known.get(word[0], ()):
            end = word.start() + len(name)
            if (
                text.startswith(name, word.start())
                and not any(covered[word.start() : end])
                and _ends_name(text, end)
            ):
                added.append(Span(word.start(), end, kind))
                break
    return sorted([*spans, *added]) if added else list(spans)


def _known_names(text: str, spans: Sequence[Span]) -> dict[str, list[tuple[str, EntityType]]]:
    """First word → the names that begin with it, the longest first."""
    seen = Counter((text[span.start : span.end], span.type) for span in spans)
    known: dict[str, list[tuple[str, EntityType]]] = defaultdict(list)
    for (name, kind), count in seen.most_common():
        sure = " " in name or count > 1 or (name.isupper() and len(name) > 1)
        if sure and name not in _MONTHS and (first := _CAPITALISED.match(name)):
            known[first[0]].append((name, kind))
    for names in known.values():
        names.sort(key=lambda pair: -len(pair[0]))
    return known


def _ends_name(text: str, end: int) -> bool:
    """Whether no word goes on here, and no capitalised one follows."""
    following = text[end : end + 2]
    if following[:1].isalnum() or following[:1] in "-_":
        return False
    return not (following[:1] == " " and following[1:].isupper())
