"""Wikidata ids of entities, assigned only if the article leaves no doubt.

Sources: countries, capitals, adjectives ("Ukrainian" has the country's id), first-level divisions
and topics (``wikidata.json``, made by :mod:`tools.data.wikidata`); international organisations
(``wikidata.toml``). A name with known namesakes needs its country named elsewhere in the article.
A name followed by a foreign state has no id ("Berlin, Connecticut"). 0.08 ms an article. In 277
news texts 188 names got an id, all the right one.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from newsline.outcomes import EntityType
from newsline.records import Entity, TopicTag
from pipeline.enrich.entities.gazetteer import canonical, key

PATH = Path(__file__).parents[1] / "data" / "wikidata.json"
KEPT = Path(__file__).parents[1] / "data" / "wikidata.toml"

PERSON = "*"
"""In ``shared``: the name is also a person's, or a word."""

_NEXT = re.compile(r", (?:in )?(?P<name>[^\W\d_a-z][\w’'-]+(?: [^\W\d_a-z][\w’'-]+)*)")


class PlaceItem(NamedTuple):
    """A Wikidata item. ``country``: ISO 3166-1; ``shared``: countries of namesakes, :data:`PERSON`.

    ``kind`` is ``country``, ``capital``, ``division`` or ``adjective``.
    """

    id: str
    kind: str
    country: str
    shared: frozenset[str]


def identify(entities: Sequence[Entity], text: str) -> tuple[Entity, ...]:
    """The entities, with ``wikidata`` set on those that are certain. Nothing else changes.

    ``text``: the text of their mentions; "Paris, Texas" is not the capital of France.
    """
    named = _Named(entities)
    return tuple(
        msgspec.structs.replace(entity, wikidata=found)
        if (found := _identity(entity, named, text))
        else entity
        for entity in entities
    )


class _Named:
    """The countries that the article names, with the entities that name them."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        self._by_country: dict[str, list[tuple[Entity, str]]] = defaultdict(list)
        for entity in entities:
            for place in _candidates(entity):
                if not place.shared or place.kind == "country":
                    self._by_country[place.country].append((entity, place.kind))

    def beside(self, entity: Entity, country: str, kinds: Sequence[str] = ()) -> bool:
        """True if another entity names the country (one of these kinds, if any is given)."""
        return any(
            other is not entity and (not kinds or kind in kinds)
            for other, kind in self._by_country.get(country, ())
        )


def _identity(entity: Entity, named: _Named, text: str) -> str | None:
    if entity.type is EntityType.ORGANISATION:
        names = [name for name in _names(entity) if name not in _doubtful_acronyms()]
        found = {_organisations().get(form) for name in names for form in _forms(name)}
        return _only(found - {None})
    candidates = _candidates(entity)
    ids = {
        place.id
        for place in candidates
        if not _elsewhere(entity, place, text) and _is_settled(entity, place, candidates, named)
    }
    return _only(ids)


def _is_settled(
    entity: Entity, place: PlaceItem, candidates: Sequence[PlaceItem], named: _Named
) -> bool:
    """True if the article's other entities exclude the namesakes."""
    if not place.shared:
        return True
    if place.kind == "adjective" and len(candidates) > 1:  # "Korean"
        return False
    rivals = ({c.country for c in candidates} | place.shared) - {place.country}
    contested = any(named.beside(entity, rival) for rival in rivals)
    if place.kind != "division":
        # "Greek" alone does not make Athens the capital in a text on Alabama.
        kinds = ("country", "capital", "division") if contested and place.kind == "capital" else ()
        return named.beside(entity, place.country, kinds)
    if contested:
        return False
    if any(c.kind == "country" for c in candidates):
        return named.beside(entity, place.country, ("division",))
    return named.beside(entity, place.country)


def _elsewhere(entity: Entity, place: PlaceItem, text: str) -> bool:
    """True if a mention is followed by another country or division: "London, Ontario".

    For a name without known namesakes only a division counts ("Berlin, Connecticut"): a country
    after it usually continues a list.
    """
    kinds = ("country", "division") if place.shared else ("division",)
    return any(
        other.country != place.country and other.kind in kinds
        for mention in entity.mentions
        if (following := _NEXT.match(text, mention.end))
        for other in _places().get(key(following["name"]), ())
    )


def _candidates(entity: Entity) -> tuple[PlaceItem, ...]:
    """The items that all its names can stand for, by its type."""
    table = {EntityType.PLACE: _places, EntityType.GROUP: _adjectives}.get(entity.type)
    if table is None:
        return ()
    known = [[form for form in _forms(name) if form in table()] for name in _names(entity)]
    found = [set(table()[forms[0]]) for forms in known if forms]
    return tuple(set.intersection(*found)) if found else ()


def _names(entity: Entity) -> tuple[str, ...]:
    return (entity.name, *entity.aliases)


def _forms(name: str) -> Iterator[str]:
    """The lookup keys of a name: an acronym as written, other names without case; then the
    canonical key."""
    yield name.replace(".", "") if name.isupper() and len(name) < 8 else key(name)
    yield canonical(name)


def _only(found: Collection[str | None]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None


def identify_topics(tags: Sequence[TopicTag]) -> tuple[TopicTag, ...]:
    """The tags, with ``wikidata`` set if IPTC has mapped the concept to an item."""
    return tuple(
        msgspec.structs.replace(tag, wikidata=_generated()["topics"].get(tag.code)) for tag in tags
    )


@cache
def _generated() -> Mapping[str, Any]:
    return json.loads(PATH.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
def _places() -> Mapping[str, tuple[PlaceItem, ...]]:
    return _table("names")


@cache
def _adjectives() -> Mapping[str, tuple[PlaceItem, ...]]:
    return _table("adjectives")


def _table(names: str) -> dict[str, tuple[PlaceItem, ...]]:
    """Key of a name, or of an adjective → the items that have it."""
    table: dict[str, tuple[PlaceItem, ...]] = {}
    rows = _generated()["places"]
    own = {key(name) for row in rows for name in row.get(names, ())}
    for row in rows:
        for name in row.get(names, ()):
            kind, shared = row["kind"], frozenset(row["shared"])
            if names == "adjectives":
                doubtful = name in row["doubtful_adjectives"]
                kind, shared = "adjective", frozenset((PERSON,) if doubtful else ())
            place = PlaceItem(row["id"], kind, row["country"], shared)
            # "Luxembourg City" is also called Luxembourg, which is the country's own name.
            for form in {key(name), *({canonical(name)} - own)}:
                table[form] = (*table.get(form, ()), place)
    return table


@cache
def _kept() -> Mapping[str, Any]:
    return tomllib.loads(KEPT.read_text(encoding="utf-8"))


@cache
def _doubtful_acronyms() -> frozenset[str]:
    return frozenset(_kept()["doubtful_acronyms"])


@cache
def _organisations() -> Mapping[str, str]:
    return {
        name if name.isupper() and len(name) < 8 else key(name): qid
        for qid, names in _kept()["organisations"].items()
        for name in names
    }


def load_wikidata() -> None:
    """Read the tables now instead of at the first article."""
    _places()
    _adjectives()
    _organisations()
