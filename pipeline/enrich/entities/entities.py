"""Entities from the spans that a recogniser has marked. Pure.

Spans go through the passes of :func:`names_in`; then mentions of the same thing are grouped
(:func:`pipeline.enrich.entities.coreference.cluster`), and each group becomes an :class:`Entity`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from newsline.outcomes import EntityType
from newsline.records import MAX_ALIASES, MAX_ENTITIES, MAX_MENTIONS, MAX_NAME, Entity, Mention
from pipeline.enrich.entities import coreference, gazetteer
from pipeline.enrich.entities.missed_mentions import add_missed_mentions
from pipeline.enrich.entities.span_boundaries import add_given_names, split_places
from pipeline.enrich.entities.spans import (
    Span,
    clean,
    is_courtesy,
    titled_persons,
    trim_persons,
    within_length,
)
from pipeline.enrich.entities.type_votes import settle_types

Pass = Callable[[str, Sequence[Span]], Iterable[Span]]
"""One step from marked spans to names: (text, spans) → spans."""


def extract_entities(text: str, marked: Sequence[Span], title: str = "") -> tuple[Entity, ...]:
    """The entities that the marked spans name, by falling salience, within the record's limits.

    Entities named in ``title`` weigh more; it adds none. Types are decided by vote over the text.
    """
    titled = list(titled_persons(text))
    names = names_in(text, marked, [span for span, _ in titled])
    offices = {span.start: name for span, name in titled if not is_courtesy(name)}
    groups = coreference.cluster(text, names)
    weights = [_weight(text, group, gazetteer.key(title)) for group in groups]
    ranked = sorted(zip(weights, groups, strict=True), key=lambda p: (-p[0], p[1][0]))
    ranked = ranked[:MAX_ENTITIES]
    total = sum(weight for weight, _ in ranked)
    listed = _listed_mentions([len(group) for _, group in ranked])
    return tuple(
        _entity(text, group, offices, weight / total, count)
        for (weight, group), count in zip(ranked, listed, strict=True)
    )


def names_in(text: str, marked: Sequence[Span], titled: Sequence[Span]) -> Sequence[Span]:
    """The names among the marked spans, none overlapping, after all passes in this order.

    ``titled``: persons after an office or a courtesy title.
    """
    passes: Sequence[Pass] = (
        split_places,
        partial(clean, titled=titled),
        add_missed_mentions,
        add_given_names,
        settle_types,
        trim_persons,
        within_length,
    )
    spans: Sequence[Span] = marked
    for run in passes:
        spans = list(run(text, spans))
    return spans


def _entity(
    text: str, group: Sequence[Span], offices: Mapping[int, str], salience: float, listed: int
) -> Entity:
    surfaces = Counter(text[span.start : span.end] for span in group)
    name = max(surfaces, key=lambda s: _fullness(s, surfaces[s]))
    if group[0].type is EntityType.GROUP:
        name = max(surfaces, key=lambda s: surfaces[s])
    kind = coreference.majority_type(gazetteer.canonical(name), group)
    aliases = tuple(s for s, _ in surfaces.most_common() if s != name)
    if kind is EntityType.PERSON and " " not in name:
        office = next((offices[span.start] for span in group if span.start in offices), None)
        if office and len(office) + len(name) < MAX_NAME:
            aliases, name = (name, *aliases), f"{office} {name}"
    return Entity(
        name=name,
        type=kind,
        count=len(group),
        salience=salience,
        mentions=tuple(Mention(span.start, span.end) for span in group[:listed]),
        aliases=aliases[:MAX_ALIASES],
    )


def _fullness(surface: str, count: int) -> tuple[int, int, bool, int]:
    """Sort key of a name's forms: words, letters, "Nairobi" before "NAIROBI", count."""
    return surface.count(" "), len(gazetteer.key(surface)), not surface.isupper(), count


def _weight(text: str, group: Sequence[Span], title_key: str) -> float:
    """Grows with the logarithm of the count, and with an early first mention.

    Doubled for a name in the title. Halved for a group: "Russian" mostly qualifies another noun.
    """
    earliness = 1 - group[0].start / len(text)
    surfaces = {gazetteer.key(text[span.start : span.end]) for span in group}
    in_title = any(re.search(rf"\b{re.escape(s)}\b", title_key) for s in surfaces if s in title_key)
    about = (2 if in_title else 1) * (0.5 if group[0].type is EntityType.GROUP else 1)
    return (1 + math.log(len(group))) * (0.5 + earliness) * about


def _listed_mentions(counts: Sequence[int]) -> list[int]:
    """Mentions to list of each entity: dealt out in turns, MAX_MENTIONS in all."""
    if sum(counts) <= MAX_MENTIONS:
        return list(counts)
    turns = sorted((turn, i) for i, count in enumerate(counts) for turn in range(count))
    taken = Counter(i for _, i in turns[:MAX_MENTIONS])
    return [taken[i] for i in range(len(counts))]
