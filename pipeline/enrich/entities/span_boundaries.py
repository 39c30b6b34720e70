"""Corrections of span boundaries: two names in one span, a given name left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from newsline.given_names import is_given_name
from newsline.outcomes import EntityType
from pipeline.enrich.entities import gazetteer
from pipeline.enrich.entities.spans import Span

_MAX_WORDS = 3
"""Before a comma and a place; a longer name is not a place's."""

_WORD_BEFORE = re.compile(r"(?<![\w'’-])[^\W\d_a-z][^\W\d_]+ $")
_REACH = 20
"""Characters before a name that are searched for a given name."""


def split_places(text: str, marked: Iterable[Span]) -> Iterator[Span]:
    """The spans. One that ends in a comma and a known place ("Windsor, Canada") becomes two."""
    for span in marked:
        first, comma, last = text[span.start : span.end].rpartition(", ")
        if not (first and comma) or "," in first or not gazetteer.is_place(last):
            yield span
            continue
        located = len(first.split()) <= _MAX_WORDS and span.type is not EntityType.ORGANISATION
        kind = EntityType.PLACE if located else span.type
        yield Span(span.start, span.start + len(first), kind)
        yield Span(span.end - len(last), span.end, EntityType.PLACE)


def add_given_names(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans, in order. A person of one word is extended by a given name before it."""
    extended: list[Span] = []
    free = 0
    for span in spans:
        wider = _with_given_name(text, span)
        extended.append(wider if wider.start >= free else span)
        free = span.end
    return extended


def _with_given_name(text: str, span: Span) -> Span:
    if span.type is not EntityType.PERSON or " " in text[span.start : span.end]:
        return span
    before = _WORD_BEFORE.search(text, max(0, span.start - _REACH), span.start)
    if before is None or not is_given_name(before[0].strip()):
        return span
    return span._replace(start=before.start())
