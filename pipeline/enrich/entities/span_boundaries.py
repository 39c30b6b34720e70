"""Where a recogniser has put two names into one span, or left a given name out of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from newsline.records import EntityType
from pipeline.enrich.entities import gazetteer
from pipeline.enrich.entities.spans import Span

_MAX_WORDS = 3
"""Of what stands before a comma and a place; more are no place's name."""

_WORD_BEFORE = re.compile(r"(?<![\w'’-])[^\W\d_a-z][^\W\d_]+ $")
_REACH = 20
"""Characters in which a given name is looked for."""


def apart(text: str, marked: Iterable[Span]) -> Iterator[Span]:
    """The spans; one that ends in a comma and a known place ("Windsor, Canada") as two."""
    for span in marked:
        first, comma, last = text[span.start : span.end].rpartition(", ")
        if not (first and comma) or "," in first or not gazetteer.is_place(last):
            yield span
            continue
        located = len(first.split()) <= _MAX_WORDS and span.type is not EntityType.ORGANISATION
        kind = EntityType.PLACE if located else span.type
        yield Span(span.start, span.start + len(first), kind)
        yield Span(span.end - len(last), span.end, EntityType.PLACE)


def with_given_names(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans, in order; a person of one word with the given name that stands before it."""
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
    if before is None or not gazetteer.is_given_name(before[0].strip()):
        return span
    return span._replace(start=before.start())
