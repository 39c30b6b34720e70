"""The type of a name by vote: the model's, the name's own words and their neighbours'.

A small model takes every second village for a person. Words at a name's end ("Brook", "Airways")
and beside it ("near …", "… said") vote with the model; votes are added up over all mentions of a
name. The words are in :mod:`.type_cues`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from newsline.given_names import is_given_name
from newsline.outcomes import EntityType
from pipeline.enrich.entities import gazetteer
from pipeline.enrich.entities.spans import Span
from pipeline.enrich.entities.type_cues import (
    AFTER,
    BEFORE,
    BEGINNINGS,
    DIRECTION,
    ENDINGS,
    ORGANISATION,
    PERSON,
    PLACE,
)

MODEL = 1.0
"""Weight of the model's type, for each mention."""

SURNAME = 1.5
"""Weight of a person with this surname who is named in full, for each mention."""

_CHANGEABLE = frozenset(EntityType) - {EntityType.GROUP, EntityType.LANGUAGE}

_WINDOW = 40
"""Characters before and after a mention."""

_CLOSED = re.compile(r"[,.]?[\"”]")
"""After an opening quotation mark and a name: the name is a title."""

_AND_PLACE = re.compile(r", (?P<name>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?)")


class _Vote(NamedTuple):
    type: EntityType
    weight: float


class _Mention(NamedTuple):
    """A name with the model's type and its neighbourhood."""

    name: str
    type: EntityType
    before: str
    after: str

    @property
    def words(self) -> Sequence[str]:
        return self.name.split()

    @property
    def has_given_name(self) -> bool:
        return is_given_name(self.words[0])


def settle_types(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans, in order; all spans of one name get the type with most votes."""
    by_name: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        by_name[gazetteer.key(text[span.start : span.end])].append(span)
    surnames = _surnames(text, spans)
    settled: list[Span] = []
    for name, group in by_name.items():
        kind = _elected(text, group, SURNAME if name in surnames else 0.0)
        settled += [span._replace(type=kind) for span in group] if kind else group
    return sorted(settled)


def _surnames(text: str, spans: Sequence[Span]) -> set[str]:
    """The keys of the surnames of persons marked with two or three words."""
    persons = [text[s.start : s.end].split() for s in spans if s.type is PERSON]
    return {gazetteer.key(words[-1]) for words in persons if len(words) in (2, 3)}


def _elected(text: str, group: Sequence[Span], surname: float) -> EntityType | None:
    """The type with most votes; None: the model's. ``surname``: votes for a person, per mention."""
    if any(span.type not in _CHANGEABLE for span in group):
        return None
    votes = defaultdict(float, {PERSON: surname * len(group)})
    for span in group:
        votes[span.type] += MODEL
        for vote in _votes(_mention(text, span)):
            votes[vote.type] += vote.weight
    return max(votes, key=lambda kind: votes[kind])


def _mention(text: str, span: Span) -> _Mention:
    before = text[max(0, span.start - _WINDOW) : span.start]
    after = text[span.end : span.end + _WINDOW]
    return _Mention(text[span.start : span.end], span.type, before, after)


def _votes(mention: _Mention) -> Iterator[_Vote]:
    yield from _by_own_words(mention)
    yield from _by_words_beside(mention)
    yield from _by_marks_beside(mention)


def _by_own_words(mention: _Mention) -> Iterator[_Vote]:
    words, given = mention.words, mention.has_given_name
    for cue in ENDINGS:
        is_surname = given and len(words) == 2 and cue.type is PLACE  # Fiona Hill
        if len(words) > 1 and not is_surname and cue.pattern.match(mention.name):
            yield _Vote(cue.type, cue.weight)
    for cue in BEGINNINGS:
        if cue.pattern.match(mention.name):
            yield _Vote(cue.type, cue.weight)
    if given and 1 < len(words) < 4 and words[-1].isalpha() and mention.type is not PLACE:
        yield _Vote(PERSON, 1.5)


def _by_words_beside(mention: _Mention) -> Iterator[_Vote]:
    for cue in BEFORE:
        if cue.pattern.search(mention.before):
            yield _Vote(cue.type, cue.weight)
    may_be_place = mention.type is not ORGANISATION and not mention.has_given_name
    if may_be_place and DIRECTION.search(mention.before):
        yield _Vote(PLACE, 1.2)
    for cue in AFTER:
        if cue.pattern.match(mention.after):
            yield _Vote(cue.type, cue.weight)


def _by_marks_beside(mention: _Mention) -> Iterator[_Vote]:
    """By an article, quotation marks or a comma with a place."""
    name, before, after = mention.name, mention.before, mention.after
    if " " not in name and name.endswith("s") and before.endswith((" the ", "The ")):
        yield _Vote(ORGANISATION, 1.5)  # the Steelers
    if before.endswith(('"', "“")) and _CLOSED.match(after):
        yield _Vote(EntityType.WORK, 1.5)
    following = _AND_PLACE.match(after)
    if following and gazetteer.is_place(following["name"]):
        yield _Vote(PLACE, 1.5)
