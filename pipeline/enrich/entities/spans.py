"""Marked spans, cleaned one at a time.

A clean span holds the name as an editor would print it: no leading article or title, no trailing
possessive, quotation mark or full stop. Spans that are not names are dropped.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from newsline.outcomes import EntityType
from newsline.records import MAX_NAME
from pipeline.enrich.entities import gazetteer


class Span(NamedTuple):
    """``text[start:end]`` names something of this type."""

    start: int
    end: int
    type: EntityType


COURTESY = r"Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?|Sir|Dame|Prof\.?|Professor"
OFFICE = (
    r"(?:Vice[- ])?President|(?:Deputy )?Prime Minister|"
    r"(?:Foreign|Defen[cs]e|Finance|Interior|Health|Justice|Education|Trade|Energy) "
    r"(?:Minister|Secretary)|Secretary of (?:State|Defen[cs]e)|Secretary[- ]General|"
    r"Attorney General|Chancellor|Senator|Sen\.|Congress(?:wo)?man|Rep\.|Gov\.|Ambassador"
)
RANK = (
    r"Governor|Mayor|Judge|Justice|Gen\.|General|Col\.|Colonel|Capt\.|Captain|Lt\.|Lieutenant|"
    r"Sgt\.|Sergeant|Pope|Archbishop|Bishop|Cardinal|Minister|Secretary|Lord|Lady"
)
_LEADING_TITLE = re.compile(rf"(?:{COURTESY}|{OFFICE}|{RANK})\s+(?=\S)")
_TITLED = re.compile(
    rf"\b(?P<title>{COURTESY}|{OFFICE})\s(?P<name>[^\W\d_][\w'’.-]*(?:\s[^\W\d_][\w'’.-]*){{0,2}})"
)
_COURTESY = re.compile(COURTESY)
_INITIAL = re.compile(r"[A-Z]\.")
_LAST_OF_NAME = re.compile(r"['’]s$|(?<=\w\w)\.$")
"""The last word of a name: a sentence or a possessive ends: "President Biden. Russia denied it"."""
_LEADING = re.compile(r"(?:[^\w$€£#]+|(?:the|a|an|this|that)\s+(?=\S))+", re.IGNORECASE)
_TRAILING = re.compile(r"(?:['’]s|[^\w.)]|\)(?<!\w\))|(?<!\.\w)(?<![A-Z])\.|(?<=\w{3})\.)+$")
_ABBREVIATED = re.compile(r"(?:\b(?:Inc|Corp|Ltd|Co|Jr|Sr|Bros|St)|\b\w\.\w|\b[A-Z])\.$")
_VERB = re.compile(
    r" (?!(?:van|von|der|den|bin|ibn|abu|ter|ten|zur|della|degli|del|dos|das|las|los)\b)[a-z]{3,}\b"
)
"""A lower-case word that ends a person's name: "Garrett hit Rudolph"."""
_POSITION = re.compile(
    r"(?:\S+ ){0,2}(?:QB|RB|WR|TE|OL|DL|DE|LB|CB|MP|MEP|CEO|CFO|GM) (?=[A-Z][a-z])"
)
"""A position before a person's name: "Browns DL Sheldon Richardson"."""
_DANGLING = re.compile(r"(?:\s(?:of|and|the|for|in|on|at|to|with|from|&|-|–))+$")
_OPENED = re.compile(r"\([^)]*$")
_CALENDAR = re.compile(
    r"(?:(?:early|late|last|next)\s)?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
    r"(?:\s\d+)?$|(?:19|20)\d\d\b|q[1-4]\b|today$|tomorrow$|yesterday$",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[A-Z]{2,}(?:You|The|We|Get|Sign|Read|Click|Watch|Subscribe|How|What|Why)\b")
_PROMOTION = re.compile(
    r"(?:read|click|sign|share|tweet|follow|watch|subscribe|listen|get|download|advertise\w*|"
    r"breaking|related|live updates?|photo|image|source|copyright|newsletters?|menu|cookies?)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"://|@|\bwww\.|^[a-z0-9-]+\.(?:com|org|net|co\.uk)\b")
_MAX_MARKED = 4 * MAX_NAME
"""Characters. A longer span is the model's failure, and slow to match."""

_NUMERIC = re.compile(r"[\W\d_]*$")
_WORD = re.compile(r"\w+")


def clean(text: str, marked: Iterable[Span], titled: Sequence[Span] = ()) -> list[Span]:
    """The marked spans, trimmed and without junk, and ``titled``; in order, none overlapping.

    Lines in capitals (promotion, cross-heads) contribute nothing. ``titled`` comes from
    :func:`titled_persons`.
    """
    shouted = list(_lines_in_capitals(text))
    starts = {span.start for span in titled}
    kept: list[Span] = []
    for span in marked:
        trimmed = trim(text, span)
        if trimmed and not is_junk(text, trimmed) and not _inside(trimmed, shouted):
            is_person = trimmed.start in starts
            kept.append(trimmed._replace(type=EntityType.PERSON) if is_person else trimmed)
    return without_overlaps([*kept, *(s for s in titled if not _inside(s, shouted))])


def trim(text: str, span: Span) -> Span | None:
    """The span cut to the name itself, on one line; None if no name is left."""
    start, end = span.start, span.end
    if end - start > _MAX_MARKED:
        return None
    newline = text.find("\n", start, end)
    if newline > start:
        end = newline
    start = end - len(text[start:end].lstrip())
    if lead := _LEADING.match(text, start, end):
        is_its_own = gazetteer.is_place(text[start:end].rstrip(".,;:'’\"”"))  # The Hague
        start = start if is_its_own else lead.end()
    if span.type is EntityType.PERSON:
        while title := _LEADING_TITLE.match(text, start, end):
            start = title.end()
        if position := _POSITION.match(text, start, end):
            start = position.end()
        if verb := _VERB.search(text, start, end):
            end = verb.start()
    surface = text[start:end]
    while surface and (tail := _TRAILING.search(surface)):
        if _ABBREVIATED.search(surface):
            break
        surface = surface[: tail.start()]
    for unfinished in (_OPENED, _DANGLING):
        surface = unfinished.sub("", surface).rstrip()
    return Span(start, start + len(surface), span.type) if surface else None


def trim_persons(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Trim persons again: a vote may have made a person of a span that was trimmed as a thing."""
    for span in spans:
        yield (trim(text, span) or span) if span.type is EntityType.PERSON else span


def within_length(_: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The spans of at most :data:`MAX_NAME` characters."""
    return (span for span in spans if span.end - span.start <= MAX_NAME)


def is_junk(text: str, span: Span) -> bool:
    """True for a date, a number, a call to action, an address or a lower-case word."""
    surface = text[span.start : span.end]
    return (
        not 2 <= len(surface) <= MAX_NAME
        or surface.islower()
        or _NUMERIC.match(surface) is not None
        or _CALENDAR.match(surface) is not None
        or _GLUED.search(surface) is not None
        or _ADDRESS.search(surface) is not None
        or (" " in surface and _PROMOTION.match(surface) is not None)
        or _is_part_of_title(text, span)
        or _is_common_word(text, span)
    )


def titled_persons(text: str) -> Iterator[tuple[Span, str]]:
    """Names after an office or a courtesy title ("Foreign Minister X"), with the title."""
    for match in _TITLED.finditer(text):
        end = match.start("name")
        for word in re.finditer(r"\S+", match["name"]):
            shouted = len(word[0]) > 1 and word[0].isupper() and not _INITIAL.fullmatch(word[0])
            if not word[0][0].isupper() or shouted:
                break
            end = match.start("name") + word.end()
            if _LAST_OF_NAME.search(word[0]) and not _COURTESY.fullmatch(word[0]):
                break
        span = trim(text, Span(match.start("name"), end, EntityType.PERSON))
        if span and not is_junk(text, span):
            yield span, match["title"]


def is_courtesy(title: str) -> bool:
    """True for "Mr", "Dr" and the like: a title without an office."""
    return _COURTESY.fullmatch(title) is not None


def _is_part_of_title(text: str, span: Span) -> bool:
    """ "State" in "Secretary of State Jane Doe" is not a name."""
    return text.endswith(("Secretary of ", "Minister of ", "Minister for "), 0, span.start)


def _is_common_word(text: str, span: Span) -> bool:
    """True for a word at a sentence's start that also occurs in lower case."""
    surface = text[span.start : span.end]
    at_start = text.endswith(("\n", *_SENTENCE_ENDS), 0, span.start) or span.start == 0
    if " " in surface or surface.isupper() or not at_start:
        return False
    return surface.lower() in words(text)


_SENTENCE_ENDS = tuple(f"{mark}{space}" for mark in '.!?”"' for space in " \t\xa0")


@lru_cache(2)
def words(text: str) -> frozenset[str]:
    """The text's words as written. Cached for all lookups in one text."""
    return frozenset(_WORD.findall(text))


def _lines_in_capitals(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        if line.isupper():
            yield start, start + len(line)
        start += len(line)


def _inside(span: Span, ranges: list[tuple[int, int]]) -> bool:
    before = bisect_right(ranges, span.start, key=lambda line: line[0]) - 1
    return before >= 0 and span.start < ranges[before][1]


def without_overlaps(spans: list[Span]) -> list[Span]:
    """The spans in order; of overlapping ones the longer."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, s.start - s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end - span.start > kept[-1].end - kept[-1].start:
            kept[-1] = span
    return kept
