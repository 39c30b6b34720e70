"""Extract people's names from author fields and bylines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from connectors.text.clean import letters, strip_markup
from newsline.records import MAX_AUTHORS, MAX_NAME

_BY = re.compile(r"^(?:(?:written|reported|story|words|posted|text) )?by\b[:\s]+", re.I)
_OF = re.compile(r"^(?i:von|par|por|di)(?::\s*|\s+(?!(?i:der|dem|den|zu) )(?=[^\Wa-zß-ÿ]\S* \S))")
""""By" in other languages, before a full name only: von Neumann and Di Stefano are names."""
_BETWEEN = re.compile(r"\s*[;|•·/&、，；،]\s*|\s+(?:and|und|et|with)\s+", re.IGNORECASE)
_Y = re.compile(r"\s+y\s+(?=\S+\s)", re.IGNORECASE)
"""Spanish "and" between two people; before a single word it is part of a name: Ramón y Cajal."""
_GENERATION = re.compile(r",\s*((?:jr|sr)\b\.?|I{2,3}\b|IV\b)", re.IGNORECASE)
_GIVEN = re.compile(r"[^\W\d]\S*(?: [^\W\d]\.?)?")
"""A given name, optionally with an initial."""
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_PLACE = re.compile(r"\s(?:in|from|en|à)\s+[^\W\d_a-z].*$")
_IN_BRACKETS = re.compile(r"^\S+@\S+\s*\((.+)\)$")
_NOBODY = re.compile(
    r"^the\b|[@\d<>{}=*]|www\.|\.(?:com|org|net|co|uk|de|fr)\b|\b(?:by|print|share|follow|subscribe|twitter|"
    r"facebook|staff|editors?|desk|newsroom|team|admin|reporters?|correspondent|writers?|columnist|"
    r"contributors?|agenc(?:y|ies)|wire|news|press|associated|reuters|afp|dpa|bloomberg|editorial|"
    r"redaktion|rédaction|unknown|anonymous|guest|updated|published|magazine|journal|tribune|times|post|"
    r"international|name)\b",
    re.IGNORECASE,
)
_SURNAMED = re.compile(
    r"(?!(?:associated|bangkok|business|cambridge|canadian|chronicle|city|community|courier|daily"
    r"|denver|digital|dispatch|evening|examiner|financial|forbes|free|gazette|globe|guardian|guest"
    r"|herald|houston|huffington|independent|jakarta|jerusalem|kathmandu|local|mail|metro|mirror"
    r"|morning|national|new|observer|online|oxford|political|politics|post|press|register|saturday"
    r"|sentinel|special|sponsored|sports?|staff|standard|star|sun|sunday|telegraph|university"
    r"|washington|web|yorkshire)\b)"
    r"[^\W\d]+(?= (?:guest|post|press|staff)$)",
    re.IGNORECASE,
)
"""A given name before the surname Guest, Post, Press or Staff; not a word that makes these the name
of a newspaper, publisher or department."""
_SHORT = 5
"""Site names up to this many letters occur within other names by chance."""
_AGENCY = re.compile(
    r"\b(?:associated press|reuters|agence france|afp|dpa|pti|ansa|efe|xinhua|bloomberg)\b", re.I
)
_MOST_WORDS = 6
_LONGEST = 1_000


def people(names: Iterable[str], site_name: str = "", *, one_each: bool = False) -> tuple[str, ...]:
    """The people among the names, without repetitions, in order; at most :data:`MAX_AUTHORS`.

    A name may list several people (``By Ana Díaz and Li Wei``). With ``one_each``, each name is
    declared to be one person's: it is split only if all parts are full names. Sites, agencies,
    addresses, roles and sharing labels are dropped.
    """
    site = letters(site_name)
    found: dict[str, str] = {}
    for written in names:
        whole = _whole(strip_markup(written[:_LONGEST]))
        each = _each(whole)
        if one_each and not all(map(_is_full, each)) and _is_person(_bare(whole), site):
            each = [_bare(whole)]
        for name in each:
            if _is_person(name, site):
                found.setdefault(letters(name), name)
    return tuple(found.values())[:MAX_AUTHORS]


def is_agency(byline: str) -> bool:
    """Whether a byline names a news agency."""
    return bool(_AGENCY.search(byline))


def _whole(written: str) -> str:
    """The names in an author field, without brackets, addresses and a leading "by"."""
    if "://" in written:
        return ""
    if bracketed := _IN_BRACKETS.match(written):
        written = bracketed[1]
    return _BY.sub("", _GENERATION.sub(r" \1", _BRACKETS.sub("", written)))


def _each(whole: str) -> list[str]:
    parts = (part for listed in _BETWEEN.split(whole) for part in _in_list(listed))
    return [_OF.sub("", part) for part in parts]


def _in_list(listed: str) -> list[str]:
    """The names between commas; ``Smith, John`` is one name. A single word after a full name is
    dropped as a place or a degree."""
    parts = [bare for part in listed.split(",") if (bare := _bare(part))]
    full = [part for part in parts if _is_full(part)]
    if len(parts) == 2 and not _is_full(parts[0]) and _GIVEN.fullmatch(parts[1]):
        return [f"{parts[1]} {parts[0]}"]
    return [name for part in full or parts for name in _Y.split(part)]


def _is_full(name: str) -> bool:
    """True for several words, or for a script without case, such as Chinese."""
    return " " in name or name.upper() == name.lower()


def _bare(name: str) -> str:
    bare = _PLACE.sub("", _BY.sub("", name.strip())).strip(" .:-–—\"'()")
    return f"{bare}." if bare.endswith((" Jr", " Sr")) else bare


def _is_person(name: str, site: str) -> bool:
    if not 1 < len(name) <= MAX_NAME or len(name.split()) > _MOST_WORDS:
        return False
    if " " not in name and (name.islower() or name.isupper()):  # a login, initials of an agency
        return False
    return bool(letters(name)) and not _is_of(name, site) and not _is_nobody(name)


def _is_of(name: str, site: str) -> bool:
    """Whether the name is, contains or is part of the site's name."""
    key = letters(name)
    holds = site in (key if len(site) > _SHORT else map(letters, name.split()))
    return bool(site) and (key == site or holds or (len(key) > _SHORT and key in site))


def _is_nobody(name: str) -> bool:
    given = _SURNAMED.match(name) if name.istitle() else None
    return bool(_NOBODY.search(given[0] if given else name))
