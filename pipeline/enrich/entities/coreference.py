"""Coreference: mentions grouped by the thing that they name.

Mentions with the same key (:func:`pipeline.enrich.entities.gazetteer.key`, known aliases resolved)
are one group. Then a surname joins its full name, an acronym its expansion, a plural its singular.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from newsline.outcomes import EntityType
from pipeline.enrich.entities import gazetteer
from pipeline.enrich.entities.spans import Span

_COMPANY = re.compile(r",? (?:inc|corp|corporation|ltd|plc|llc|co|company|gmbh|ag|sa|nv)$")
_GENERATION = re.compile(r",? (?:jr|sr|ii|iii|iv)$")
_ACRONYM = re.compile(r"(?:[A-Z]\.?){2,7}")
_SMALL_WORDS = frozenset(("of", "the", "for", "and", "in", "on", "to", "&"))

Groups = dict[str, list[Span]]


def cluster(text: str, spans: Iterable[Span]) -> list[list[Span]]:
    """The spans grouped by thing, in the text's order; groups by their first mention."""
    groups: Groups = defaultdict(list)
    for span in split_possessives(text, list(spans)):
        groups[_group_key(text[span.start : span.end], span.type)].append(span)
    groups = _join(groups, acronyms(text, groups))
    types = {key: majority_type(key, group) for key, group in groups.items()}
    groups = _join_persons(groups, types)
    return sorted((sorted(group) for group in groups.values()), key=lambda group: group[0])


def majority_type(key: str, group: Sequence[Span]) -> EntityType:
    """The type of most mentions; of a known place or organisation, its known type.

    A person's full name (two words) is not overruled: Victoria is a city, Victoria Beckham is not.
    """
    votes = Counter(span.type for span in group)
    known = gazetteer.known_type(key)
    if known and (known is EntityType.ORGANISATION or EntityType.GROUP not in votes):
        return known
    fullest = max(group, key=lambda span: span.end - span.start).type
    return max(votes, key=lambda kind: (votes[kind], kind is fullest, -_PRECEDENCE.index(kind)))


_PRECEDENCE = list(EntityType)
"""The order in which types are declared: person, organisation, place …

Equal votes are decided by the longest mention (an acronym may be anything), then by this order.
"""


def split_possessives(text: str, spans: Sequence[Span]) -> list[Span]:
    """ "Latvia's Ministry of Defence" is two names if either also occurs by itself."""
    whole = Counter(gazetteer.key(text[s.start : s.end]) for s in spans)
    result = []
    for span in spans:
        match = re.compile(r"['’]s ").search(text, span.start, span.end)
        if match is None:
            result.append(span)
            continue
        owner, owned = span._replace(end=match.start()), span._replace(start=match.end())
        owner_key, owned_key = (gazetteer.key(text[s.start : s.end]) for s in (owner, owned))
        kind = gazetteer.known_type(gazetteer.canonical(text[owner.start : owner.end]))
        if not (kind or whole[owner_key] or whole[owned_key]):
            result.append(span)
        else:
            known = [owner._replace(type=kind)] if kind else []
            result += [*known, owned]
    return result


def acronyms(text: str, groups: Mapping[str, Sequence[Span]]) -> dict[str, str]:
    """Key of an acronym → key of its expansion, if both are in the text."""
    initials = {key: _initials(key.split()) for key in groups if " " in key}
    found: dict[str, str] = {}
    for key, group in groups.items():
        surface = text[group[0].start : group[0].end]
        if " " in key or not _ACRONYM.fullmatch(surface):
            continue
        for other, (full, bare) in initials.items():
            ends = len(key) >= 3 and bare.endswith(key)
            if ends or key in (full, bare) or _explained(text, surface, groups[other]):
                found[key] = other
                break
    return found


def _initials(words: Sequence[str]) -> tuple[str, str]:
    """The initials of all words, and without the small ones. Three or more can stand for a name."""
    bare = "".join(word[0] for word in words if word not in _SMALL_WORDS)
    return "".join(word[0] for word in words), bare


def _explained(text: str, acronym: str, group: Sequence[Span]) -> bool:
    """ "Bank for International Settlements (BIS)"."""
    return any(text.startswith(f" ({acronym})", span.end) for span in group)


def _group_key(surface: str, kind: EntityType) -> str:
    key = gazetteer.canonical(surface)
    if gazetteer.known_type(key):
        return key
    key = _GENERATION.sub("", _COMPANY.sub("", key))
    if kind is EntityType.GROUP and len(key) > 4 and key.endswith("s") and key[-2] not in "se":
        key = key[:-1]
    return key


def _join(groups: Groups, joins: Mapping[str, str]) -> Groups:
    joined: Groups = defaultdict(list)
    for key, group in groups.items():
        joined[joins.get(key, key)] += group
    return joined


def _join_persons(groups: Groups, types: Mapping[str, EntityType]) -> Groups:
    """A surname or given name joins the nearest full name before it; a middle name does not."""
    full = _FullNames(k for k, t in types.items() if t is EntityType.PERSON and " " in k)
    joined: Groups = defaultdict(list)
    for key, group in groups.items():
        wholes = _whole_names(key, full, types[key], len(group))
        if not wholes:
            joined[key] += group
            continue
        for span in group:
            before = [k for k in wholes if groups[k][0].start < span.start] or wholes
            nearest = max(before, key=lambda k: _last_before(groups[k], span.start))
            joined[nearest].append(span._replace(type=EntityType.PERSON))
    return joined


class _FullNames:
    """Persons' names of two or more words, indexed by last and by first word."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.words = {key: key.split() for key in keys}
        self.by_last: dict[str, list[str]] = defaultdict(list)
        self.by_first: dict[str, list[str]] = defaultdict(list)
        for key, words in self.words.items():
            self.by_last[words[-1]].append(key)
            self.by_first[words[0]].append(key)


def _whole_names(key: str, full: _FullNames, kind: EntityType, count: int) -> list[str]:
    """The full names that a part can stand for, surnames before given names."""
    if gazetteer.known_type(key) or (kind is EntityType.PLACE and count > 1):
        return []
    part = key.split()
    longer = [
        k for k in full.by_last.get(key.rpartition(" ")[2], ()) if len(full.words[k]) > len(part)
    ]
    if len(part) == 2 and key in full.words:
        return [k for k in longer if full.words[k][0] == part[0]]
    surnames = [k for k in longer if full.words[k][-len(part) :] == part]
    if surnames or kind is not EntityType.PERSON or len(part) > 1:
        return surnames
    return full.by_first.get(key, [])


def _last_before(group: Sequence[Span], position: int) -> int:
    return max((span.start for span in group if span.start < position), default=-1)
