"""Who speaks beside a quote: by a verb of saying and the name that is its subject."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.enrich.sentences import sentences
from pipeline.records import Entity, EntityType

_VERB = (
    r"(?:said|says|told|tells|added|adds|wrote|writes|tweeted|explained|explains|insisted|insists|"
    r"warned|warns|argued|argues|replied|claimed|claims|stated|states|declared|announced|admitted|"
    r"noted|notes|recalled|recalls|commented|remarked|continued|concluded|concludes|acknowledged|"
    r"asked|asks|joked|quipped|stressed|responded|testified|posted|observed|saying|adding|telling)"
)
_ADVERB = r"(?:(?:\w+ly|also|then|later|once|had|has|have)\s)?"
_SUBJECT = r"(?P<subject>[^“”\"«\n;:]+)"
_SAYING = re.compile(rf"\b{_ADVERB}(?P<verb>{_VERB})\b")

_INVERTED = re.compile(rf"\s*{_ADVERB}{_VERB}\s{_SUBJECT}")
_FOLLOWED = re.compile(rf"\s*(?P<subject>[^“”\"«\n.;:]{{1,120}}?)\s{_ADVERB}{_VERB}\b")
_ACCORDING = re.compile(rf"\s*,?\s*according to\s{_SUBJECT}", re.IGNORECASE)
_PRONOUN = re.compile(r"(?:he|she)\b", re.IGNORECASE)

_FUNCTION = (
    r"(?:about|above|across|after|against|alongside|amid|among|around|as|at|because|before|behind|"
    r"below|beneath|beside|besides|between|beyond|but|by|despite|during|except|for|from|if|in|"
    r"inside|into|like|minus|near|off|of(?! (?:State|Staff|Def))|on|onto|opposite|outside|over|"
    r"plus|since|than|that|through|throughout|to|towards?|under|unless|unlike|until|upon|versus|"
    r"via|when|where|which|while|who|whom|whose|with|within|without|he|she|it|they|we|you)"
)
_PARTICIPLE = (
    r"(?!(?:acting|boxing|evening|founding|housing|incoming|leading|managing|morning|outgoing|"
    r"racing|reigning|ruling|sitting|visiting)\b)[a-z][a-z-]+ing"
)
_OTHER = rf"(?<![\w-])(?:{_FUNCTION}|{_PARTICIPLE})(?![\w-])"
"""No word of a title: a name after it stands in another role ("a lawyer for Smith")."""

_NO_TITLE = re.compile(rf"{_OTHER}|\b(?:and|or)\b|&")
_NO_SUBJECT = re.compile(_NO_TITLE.pattern, re.IGNORECASE)
_NAME_ENDS = re.compile(rf",|{_OTHER}|\b(?:last|this|today|yesterday|later|earlier|afterwards)\b")
_CLAUSE = re.compile(r".*[,;:]\s(?:(?:as|because|but|since|when|while)\s)?", re.DOTALL)
"""What a clause comes after: another role in there is not the name's."""

_BETWEEN = re.compile(r"\s*(?:,(?:[^,.;:“”\"]{1,90},)?|\([^)]*\))?\s*")
"""What may stand between a name and its verb: an apposition, or the end of one that it is."""

_TITLES = re.compile(
    r"(?:(?:[A-Z][\w.'’-]*|\w+['’]s?|\w+(?:er|or|ist|ian|man|woman|ant|ent|ary|al)|"
    r"boss|captain|chair|chief|coach|executive|head|host|judge|prime|professor|star|vice),?\s)*+"
)
"""What may stand before a name that begins a sentence: a role, or whose."""

_PREDICATE = re.compile(
    rf"(?:\s\([^)]*\)|,(?:[^,.;]{{1,120}},)?)?\s{_ADVERB}(?:{_VERB}|\w+ed|is|was|has|had|does|did|will|"
    r"would|can|could|may|might|must|should|became|began|believes|bought|brought|came|comes|felt|"
    r"found|gave|goes|got|held|kept|knew|knows|leads|led|left|lives|lost|made|makes|meets|met|plays|"
    r"ran|runs|sat|saw|sees|sent|sold|speaks|spent|spoke|stood|takes|thinks|thought|took|wants|went|"
    r"wins|won|works)(?:n['’]t)?\b"
)
_REPORTED = re.compile(rf",\s{_ADVERB}{_VERB}\s{_SUBJECT}")

_MAX_LEAD = 400
"""Characters of a sentence before what it quotes; in a longer one nobody is clear."""

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
        self._starts = [start for start, _ in sentences(text)]
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
        following = bisect_right(self._starts, start)
        end = min([end, *self._starts[following : following + 1]])
        words = self._text[start:end].rstrip().removesuffix(".")
        end = start + len(_NAME_ENDS.split(words)[0].rstrip())
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
            if not _BETWEEN.fullmatch(between):
                continue
            if between.strip() == "," and not before.endswith(", "):
                continue
            if kind is EntityType.ORGANISATION and before.strip().lower() not in ("", "the"):
                continue
            if not _NO_TITLE.search(before if "," in between else _CLAUSE.sub("", before)):
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
            return name if {m[2] for m in self._persons(begin, position)} == {name} else None
        return None

    def _topic(self, start: int, end: int) -> str | None:
        """The person with whom the sentence begins, or who says it."""
        for first, last, name, _ in self._persons(start, min(end, start + _MAX_LEAD)):
            before = self._text[start:first]
            if (
                _TITLES.fullmatch(before)
                and not _NO_SUBJECT.search(before)
                and _PREDICATE.match(self._text, last)
            ):
                return name
        if found := _REPORTED.search(self._text, start, end):
            return self._inverted(found.span("subject"), start)
        return None

    def _persons(self, start: int, end: int) -> list[tuple[int, int, str, EntityType]]:
        first, last = (bisect_left(self._mentions, (position,)) for position in (start, end))
        return [m for m in self._mentions[first:last] if m[3] is EntityType.PERSON]
