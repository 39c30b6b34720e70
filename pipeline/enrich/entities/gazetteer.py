"""Names that need no model: countries, capitals and large cities; international organisations.

Evidence for the type of what a model has marked, and for what is the same thing under two names.
The places are generated (:mod:`tools.data.gazetteer`), ``names.toml`` is kept by hand.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from newsline.records import EntityType

PATH = Path(__file__).parents[1] / "data" / "gazetteer.json"
NAMES = Path(__file__).parents[1] / "data" / "names.toml"
GIVEN_NAMES = Path(__file__).parents[1] / "data" / "given_names.txt"
"""The US Census Bureau's list of 1990, of the public domain, by way of the package names 0.3.0."""

_POSSESSIVE = re.compile(r"['’](?:s\b)?(?!\w)|\.")
_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=20_000)
def key(surface: str) -> str:
    """The form under which names are compared: no case, accents, full stops or possessives."""
    plain = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", surface))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _SPACES.sub(" ", plain).strip().casefold()


@cache
def _aliases() -> tuple[dict[str, str], dict[str, EntityType]]:
    """Each name → the key of its first name; that key → its type. What is kept by hand wins.

    Names are looked up by key, acronyms as they are written: WHO is not The Who.
    """
    generated = json.loads(PATH.read_text(encoding="utf-8"))["places"]
    kept = tomllib.loads(NAMES.read_text(encoding="utf-8"))
    firsts: dict[str, str] = {}
    types: dict[str, EntityType] = {}
    for kind, entries in (("place", generated), *kept.items()):
        for canonical, others in entries.items():
            types[key(canonical)] = EntityType(kind)
            for name in (*others, canonical):
                is_acronym = name.isupper() and name != canonical
                firsts[_acronym(name) if is_acronym else key(name)] = key(canonical)
    return firsts, types


def _acronym(surface: str) -> str:
    return surface.replace(".", "")


@lru_cache(maxsize=20_000)
def canonical(surface: str) -> str:
    """The key that stands for all names of the same country, city or organisation."""
    firsts, _ = _aliases()
    folded = key(surface)
    return firsts.get(_acronym(surface)) or firsts.get(folded, folded)


def known_type(canonical_key: str) -> EntityType | None:
    """What the thing with this canonical key is, where the tables are sure of it."""
    return _aliases()[1].get(canonical_key)


def is_place(name: str) -> bool:
    """Whether the tables know this name as a place's."""
    return known_type(canonical(name)) is EntityType.PLACE


def is_given_name(word: str) -> bool:
    """Whether parents in the United States give this name, in any case."""
    return word.upper() in _given_names()


@cache
def _given_names() -> frozenset[str]:
    return frozenset(GIVEN_NAMES.read_text(encoding="ascii").split())


def load() -> None:
    """Read the tables now rather than at the first name."""
    _aliases()
    _given_names()
