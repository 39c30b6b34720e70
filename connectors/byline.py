"""Who wrote it: people's names out of what feeds and pages call an author. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from connectors.text import plain
from pipeline.records import MAX_AUTHORS, MAX_NAME

_BY = re.compile(
    r"^(?:(?:written|reported|story|words|posted|text) by|by|von|par|por|di)\b[:\s]+", re.I
)
_BETWEEN = re.compile(r"\s*[,;|•·/&]\s*|\s+(?:and|und|et|y|with)\s+", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"^\S+@\S+\s*\((.+)\)$")
_NOBODY = re.compile(
    r"^the\b|[@\d<>{}=*]|www\.|\.(?:com|org|net|co|uk|de|fr)\b|\b(?:by|print|share|follow|subscribe|twitter|"
    r"facebook|staff|editors?|desk|newsroom|team|admin|reporters?|correspondent|writers?|columnist|"
    r"contributors?|agenc(?:y|ies)|wire|news|press|associated|reuters|afp|dpa|bloomberg|editorial|"
    r"redaktion|rédaction|unknown|anonymous|guest|updated|published|magazine|journal|tribune|times|post|"
    r"international|name)\b",
    re.IGNORECASE,
)
_AGENCY = re.compile(
    r"\b(?:associated press|reuters|agence france|afp|dpa|pti|ansa|efe|xinhua|bloomberg)\b", re.I
)
_MOST_WORDS = 6
_LONGEST = 1_000


def people(names: Iterable[str], site_name: str = "") -> tuple[str, ...]:
    """The people among the names, each once, in order; at most :data:`MAX_AUTHORS`.

    A name may hold several (``By Ana Díaz and Li Wei``). Sites, agencies, addresses, roles and
    invitations to share are nobody.
    """
    site = _key(site_name)
    found: dict[str, str] = {}
    for written in names:
        for name in _each(plain(written[:_LONGEST])):
            if _is_person(name, site):
                found.setdefault(_key(name), name)
    return tuple(found.values())[:MAX_AUTHORS]


def is_agency(byline: str) -> bool:
    """Whether a byline gives an agency as the author."""
    return bool(_AGENCY.search(byline))


def _each(written: str) -> Iterator[str]:
    if "://" in written:
        return
    if bracketed := _IN_BRACKETS.match(written):
        written = bracketed[1]
    for part in _BETWEEN.split(_BY.sub("", written)):
        yield _BY.sub("", part).strip(" .:-–—\"'()")


def _is_person(name: str, site: str) -> bool:
    if not 1 < len(name) <= MAX_NAME or len(name.split()) > _MOST_WORDS:
        return False
    if " " not in name and (name.islower() or name.isupper()):  # a login, initials of an agency
        return False
    key = _key(name)
    of_the_site = bool(site) and (site in key or (len(key) > 5 and key in site))
    return bool(key) and not of_the_site and not _NOBODY.search(name)


def _key(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
