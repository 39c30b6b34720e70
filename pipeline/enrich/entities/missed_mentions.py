"""Mentions that the recogniser missed, of names that it marked elsewhere in the same text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from newsline.outcomes import EntityType
from pipeline.enrich.entities.spans import Span, without_overlaps, words

_CAPITALISED = re.compile(r"(?<![\w'’-])[^\W\d_a-z][\w]*")
_SURNAME = re.compile(r"[^\W\d_a-z][^\W\d_]{3,}")
_DEFINED = re.compile(
    r"(?<![\w’'-])"
    r"(?P<name>[A-Z][\w’'-]*+(?: (?:(?:of|for|and|the|on|in|to|&) ){0,2}[A-Z][\w’'-]*+){1,8}+)"
    r" \((?P<short>[A-Z]{3,7})\)"
)
_BRACKETED = re.compile(r" \(([A-Z]{2,7})\)")
_MONTHS = frozenset(("May", "March", "April", "June", "August"))


def add_missed_mentions(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans and their unmarked literal repeats, in the text's order.

    A single word is searched for only if it was marked twice or is in capitals: one mark may be
    the model's error. A repeat is not followed by a capitalised word.
    """
    spans = without_overlaps([*spans, *defined(text)])
    known = _known_names(text, spans)
    covered = bytearray(len(text) + 1)
    for span in spans:
        covered[span.start : span.end] = b"\1" * (span.end - span.start)
    added = []
    for word in _CAPITALISED.finditer(text):
        for name, kind in known.get(word[0], ()):
            end = word.start() + len(name)
            if (
                text.startswith(name, word.start())
                and not any(covered[word.start() : end])
                and _ends_name(text, end)
            ):
                added.append(Span(word.start(), end, kind))
                covered[word.start() : end] = b"\1" * len(name)
                break
    return sorted([*spans, *added]) if added else list(spans)


def defined(text: str) -> Iterator[Span]:
    """Organisations introduced with their initials: "World Trade Organization (WTO)"."""
    for match in _DEFINED.finditer(text):
        initials = list(re.finditer(r"[A-Z]", match["name"]))
        size = len(match["short"])
        letters = "".join(word[0] for word in initials)
        if size > 2 and letters.endswith(match["short"]):
            start = match.start("name") + initials[len(letters) - size].start()
            yield Span(start, match.end("name"), EntityType.ORGANISATION)
            yield Span(match.start("short"), match.end("short"), EntityType.ORGANISATION)


def _known_names(text: str, spans: Sequence[Span]) -> dict[str, list[tuple[str, EntityType]]]:
    """First word → names that begin with it, longest first."""
    seen = Counter((text[span.start : span.end], span.type) for span in spans)
    seen.update(_short_names(text, spans))
    known: dict[str, list[tuple[str, EntityType]]] = defaultdict(list)
    for (name, kind), count in seen.most_common():
        sure = " " in name or count > 1 or (name.isupper() and len(name) > 1)
        if sure and name not in _MONTHS and (first := _CAPITALISED.match(name)):
            known[first[0]].append((name, kind))
    for names in known.values():
        names.sort(key=lambda pair: -len(pair[0]))
    return known


def _short_names(text: str, spans: Sequence[Span]) -> Counter[tuple[str, EntityType]]:
    """Surnames of persons marked by full name, and initials in brackets after an organisation.

    Both are as certain as a name that was marked twice.
    """
    found: Counter[tuple[str, EntityType]] = Counter()
    for span in spans:
        parts = text[span.start : span.end].split()
        if span.type is EntityType.PERSON and 1 < len(parts) < 4 and _SURNAME.fullmatch(parts[-1]):
            if parts[-1].lower() not in words(text):
                found[parts[-1], EntityType.PERSON] = 2
        elif (short := _BRACKETED.match(text, span.end)) and short[1][0] == parts[0][0]:
            found[short[1], span.type] = 2
    return found


def _ends_name(text: str, end: int) -> bool:
    """True if no word continues at ``end``, and no capitalised one follows."""
    following = text[end : end + 2]
    if following[:1].isalnum() or following[:1] in "-_":
        return False
    return not (following[:1] == " " and following[1:].isupper())
