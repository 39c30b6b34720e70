"""Who speaks beside a quote: by a verb of saying and the name that is its subject."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from newsline.records import Entity, EntityType
from pipeline.enrich.quotes import name_roles
from pipeline.enrich.text.sentences import sentences

_SAYING = re.compile(rf"\b{name_roles.ADVERB}(?P<verb>{name_roles.VERB})\b")

_INVERTED = re.compile(rf"\s*{name_roles.ADVERB}{name_roles.VERB}\s{name_roles.SUBJECT}")
_FOLLOWED = re.compile(
    rf"\s*(?P<subject>[^“”\"«\n.;:]{{1,120}}?)\s{name_roles.ADVERB}{name_roles.VERB}\b"
)
_ACCORDING = re.compile(rf"\s*,?\s*according to\s{name_roles.SUBJECT}", re.IGNORECASE)
_PRONOUN = re.compile(r"(?:he|she)\b", re.IGNORECASE)

_MAX_LEAD = 400
"""Characters of a sentence that are read for who speaks; in a longer one nobody is clear."""

_MAX_BACK = 3
"""Sentences back to the one that says who "he" or "she" is."""


class Said(NamedTuple):
    """That something is said, and the entity that says it, where it is clear."""

    name: str | None


class Speakers:
    """The names of one text that can speak, and who has spoken so far."""

    def __init__(
        self, text: str, entities: Sequence[Entity], quoted: Sequence[tuple[int, int]]
    ) -> None:
        """``quoted``: where marked text stands; a name inside one is no speaker."""
        self._text = text
        self._last: str | None = None
        self._last_end = 0
        inside = [start for start, _ in quoted]
        self._mentions = sorted(
            (mention.start, mention.end, entity.name, entity.type)
            for entity in entities
            if entity.type in (EntityType.PERSON, EntityType.ORGANISATION)
            for mention in entity.mentions
            if not (before := bisect_right(inside, mention.start))
            or mention.start >= quoted[before - 1][1]
        )

    @cached_property
    def _starts(self) -> list[int]:
        return [start for start, _ in sentences(self._text)]

    def spoke(self, name: str | None, closing: int) -> None:
        """Note who the latest quote is by, and where it ends."""
        self._last, self._last_end = name, closing

    def goes_on(self, opening: int) -> bool:
        """Whether only an attribution, or nothing, parts this quote from the latest one."""
        begun = bisect_right(self._starts, self._last_end + 1)
        ended = bisect_right(self._starts, opening) - begun
        return ended <= 1 and self._text.find("\n", self._last_end, opening) < 0

    def beside(self, opening: int, end: int, closing: int) -> Said | None:
        """What the text beside the quote says of who speaks; None where nobody is said to."""
        return self._after(opening, end, closing) or self._before(opening)

    def _after(self, opening: int, end: int, closing: int) -> Said | None:
        text, line_end = self._text, self._text.find("\n", closing)
        stop = line_end if line_end >= 0 else len(text)
        if found := _ACCORDING.match(text, closing, stop):
            return Said(self._inverted(found.span("subject"), opening))
        comma = text.startswith(",", closing)
        if not (comma or text[end - 1] in ",?!—–-…"):
            return None
        if found := _INVERTED.match(text, closing + comma, stop):
            return Said(self._inverted(found.span("subject"), opening))
        if found := _FOLLOWED.match(text, closing + comma, stop):
            return Said(self._subject(*found.span("subject"), opening))
        return None

    def _before(self, opening: int) -> Said | None:
        """ "X said: …", "X said it was …", "According to X, …"."""
        begin = self._sentence_start(opening)
        if opening - begin > _MAX_LEAD:
            return None
        lead = self._text[begin:opening]
        verbs = list(_SAYING.finditer(lead))
        if found := _ACCORDING.match(self._text, begin, opening):
            return Said(self._inverted(found.span("subject"), begin))
        if len(verbs) != 1 or '"' in lead or "”" in lead:
            return None
        if verbs[0]["verb"] in ("saying", "adding", "telling"):
            return Said(None)
        return Said(self._subject(begin, begin + verbs[0].start(), begin))

    def _sentence_start(self, opening: int) -> int:
        """Where the sentence begins that stands, whole or in part, before the quote in its line."""
        index = bisect_left(self._starts, opening)
        line = self._text.rfind("\n", 0, opening) + 1
        return max(line, self._starts[index - 1]) if index else line

    def _inverted(self, span: tuple[int, int], sentence: int) -> str | None:
        """The one who is named after the verb, before any other role: "said Minister X beside Y".

        ``sentence``: where the words begin before which a pronoun's person is named.
        """
        start, end = span
        if pronoun := _PRONOUN.match(self._text, start, end):
            return self._person(pronoun[0], start, sentence)
        return self._first(start, end)

    def _first(self, start: int, end: int) -> str | None:
        following = bisect_right(self._starts, start)
        end = min([end, *self._starts[following : following + 1]])
        words = self._text[start:end].rstrip().removesuffix(".")
        end = start + len(name_roles.NAME_ENDS.split(words)[0].rstrip())
        return self._named(start, end, end)

    def _subject(self, start: int, end: int, sentence: int) -> str | None:
        """The one who is named last before the verb, an apposition apart."""
        words = self._text[start:end].strip()
        if _PRONOUN.fullmatch(words):
            return self._person(words, start, sentence)
        if found := re.search(r"(?:[,;]\s|\band )(he|she)$", words):
            return self._person(found[1], end, end)
        return self._named(start, end, end)

    def _named(self, start: int, end: int, verb: int) -> str | None:
        inside = [m for m in self._mentions if start <= m[0] and m[1] <= end]
        for first, last, name, kind in reversed(inside):
            before, between = self._text[start:first], self._text[last:verb]
            if not name_roles.BETWEEN.fullmatch(between):
                continue
            if between.strip() == "," and not before.endswith(", "):
                continue
            if kind is EntityType.ORGANISATION and before.strip().lower() not in ("", "the"):
                continue
            clause = before if "," in between else name_roles.CLAUSE.sub("", before)
            if not name_roles.NO_TITLE.search(clause):
                return name
        return None

    def _person(self, pronoun: str, position: int, sentence: int) -> str | None:
        """Who "he" or "she" is: the subject of the sentence before, or who spoke in it; None where
        somebody else is named since, or in the pronoun's line."""
        before = bisect_left(self._starts, sentence)
        for start in reversed(self._starts[max(0, before - _MAX_BACK) : before]):
            if self._text[start : start + len(pronoun) + 1].lower() == f"{pronoun.lower()} ":
                continue
            begin = min(start, self._text.rfind("\n", 0, position) + 1)
            name = self._last if self._last_end > start else self._topic(start, sentence)
            if name and {m[2] for m in self._persons(begin, position)} == {name}:
                return name
            return None
        return None

    def _topic(self, start: int, end: int) -> str | None:
        """The person with whom the sentence begins, or who says it."""
        end = min(end, start + _MAX_LEAD)
        for first, last, name, _ in self._persons(start, end):
            before = self._text[start:first]
            if (
                name_roles.TITLES.fullmatch(before)
                and not name_roles.NO_SUBJECT.search(before)
                and name_roles.PREDICATE.match(self._text, last)
            ):
                return name
        if found := name_roles.REPORTED.search(self._text, start, end):
            return self._first(*found.span("subject"))
        return None

    def _persons(self, start: int, end: int) -> list[tuple[int, int, str, EntityType]]:
        first, last = (bisect_left(self._mentions, (position,)) for position in (start, end))
        return [m for m in self._mentions[first:last] if m[3] is EntityType.PERSON]
