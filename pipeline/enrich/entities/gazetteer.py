"""Known names: countries, capitals, large cities and international organisations.

They are evidence for a span's type, and for two names of one thing. Places are generated
(:mod:`tools.data.gazetteer`); ``names.toml`` is edited by hand.
"""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from newsline.given_names import given_names
from newsline.outcomes import EntityType

PATH = Path(__file__).parents[1] / "data" / "gazetteer.json"
NAMES = Path(__file__).parents[1] / "data" / "names.toml"

_POSSESSIVE = re.compile(r"['’](?:s\b)?(?!\w)|\.")
_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=20_000)
def key(surface: str) -> str:
    """The form in which names are compared: without case, accents, full stops and possessives."""
    plain = unicodedata.normalize("NFKD", _POSSESSIVE.sub("", surface))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _SPACES.sub(" ", plain).strip().casefold()


@cache
def _aliases() -> tuple[dict[str, str], dict[str, EntityType]]:
    """Each name → the key of its first name; that key → its type. ``names.toml`` takes precedence.

    Names are looked up by key, acronyms as written: WHO is not The Who.
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
    """The one key for all names of the same country, city or organisation."""
    firsts, _ = _aliases()
    folded = key(surface)
    return firsts.get(_acronym(surface)) or firsts.get(folded, folded)


def known_type(canonical_key: str) -> EntityType | None:
    """The type of the thing with this canonical key; None if the tables do not have it."""
    return _aliases()[1].get(canonical_key)


def is_place(name: str) -> bool:
    """True if the tables have a place of this name."""
    return known_type(canonical(name)) is EntityType.PLACE


def load_gazetteer() -> None:
    """Read the tables now instead of at the first name."""
    _aliases()
    given_names()
