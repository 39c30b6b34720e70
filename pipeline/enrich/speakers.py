"""Who speaks beside a quote: by a verb of saying and the name that is its subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.records import Entity, EntityType

_VERB = (
    r"(?:said|says|told|tells|added|adds|wrote|writes|tweeted|explained|explains|insisted|insists|"
    r"warned|warns|argued|argues|replied|claimed|claims|stated|states|declared|announced|admitted|"
    r"noted|notes|recalled|recalls|commented|remarked|continued|concluded|concludes|acknowledged|"
    r"asked|asks|joked|quipped|stressed|responded|testified|posted|observed|saying|adding|telling)"
)
_ADVERB = r"(?:(?:\w+ly|also|then|later|once|had|has|have)\s)?"
_SAYING = re.compile(rf"\b{_ADVERB}(?P<verb>{_VERB})\b")

_INVERTED = re.compile(
    rf"\s*{_ADVERB}{_VERB}\s(?P<subject>[^“”\"«\n.;:]+(?:\.(?=\s?[A-Z][a-z]|\w))?[^“”\"«\n.;:]*)"
)
_FOLLOWED = re.compile(rf"\s*(?P<subject>[^“”\"«\n.;:]{{1,120}}?)\s{_ADVERB}{_VERB}\b")
_ACCORDING = re.compile(r"\s*,?\s*according to\s(?P<subject>[^“”\"«\n.;:]+)", re.IGNORECASE)
_PRONOUN = re.compile(r"(?:he|she)", re.IGNORECASE)

_PREPOSED = re.compile(r"\b(?:for|to|with|by|about|from|and|whose|who|of(?! State| Def))\b|['’]s\b")
"""Before a name in the subject: then it is not the name that speaks ("a lawyer for Smith")."""

_BETWEEN = re.compile(r"\s*(?:,[^,.;:“”\"]{1,90},|\([^)]*\))?\s*")
"""What may stand between a name and its verb: an apposition."""

_SENTENCE = re.compile(r"[.!?…][”\"»)]*\s+(?=[A-Z“\"«])|\n")


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
        self._mentions = sorted(
            (mention.start, mention.end, entity.name, entity.type)
            for entity in entities
            if entity.type in (EntityType.PERSON, EntityType.ORGANISATION)
            for mention in entity.mentions
            if not any(start <= mention.start < end for start, end in quoted)
        )

    def spoke(self, name: str | None) -> None:
        """Note who the latest quote is by."""
        self._last = name

    def goes_on(self, previous_end: int, opening: int) -> bool:
        """Whether only an attribution, or nothing, parts this quote from the one before it."""
        between = self._text[previous_end:opening]
        return "\n" not in between and len(_SENTENCE.findall(between.rstrip() + " A")) <= 1

    def beside(self, opening: int, start: int, end: int, closing: int) -> Said | None:
        """What the text beside the quote says of who speaks; None where nobody is said to."""
        return self._after(start, end, closing) or self._before(opening)

    def _after(self, start: int, end: int, closing: int) -> Said | None:
        line_end = self._text.find("\n", closing)
        tail = self._text[closing : line_end if line_end >= 0 else len(self._text)]
        last = self._text[end - 1]
        if found := _ACCORDING.match(tail):
            return Said(self._inverted(closing + found.start("subject"), found["subject"]))
        if not (last in ",?!—–-…" or tail.startswith(",")):
            return None
        offset = closing + (1 if tail.startswith(",") else 0)
        tail = self._text[offset : line_end if line_end >= 0 else len(self._text)]
        if found := _INVERTED.match(tail):
            return Said(self._inverted(offset + found.start("subject"), found["subject"]))
        if found := _FOLLOWED.match(tail):
            begin, stop = found.span("subject")
            return Said(self._subject(offset + begin, offset + stop))
        return None

    def _before(self, opening: int) -> Said | None:
        """ "X said: …", "X said it was …", "According to X, …"."""
        begin = self._sentence_start(opening)
        lead = self._text[begin:opening]
        verbs = list(_SAYING.finditer(lead))
        if found := _ACCORDING.match(lead):
            return Said(self._inverted(begin + found.start("subject"), found["subject"]))
        if len(verbs) != 1 or '"' in lead or "”" in lead:
            return None
        if verbs[0]["verb"] in ("saying", "adding", "telling"):
            return Said(None)
        return Said(self._subject(begin, begin + verbs[0].start()))

    def _sentence_start(self, position: int) -> int:
        begin = max(self._text.rfind("\n", 0, position) + 1, position - 400)
        ends = [m.end() for m in _SENTENCE.finditer(self._text, begin, position)]
        return ends[-1] if ends else begin

    def _inverted(self, start: int, subject: str) -> str | None:
        """The one who is named first after the verb: "said Foreign Minister X, who …"."""
        segment = re.split(r",| (?:in|at|on|during|after|when|as|last|while|who)\b", subject)[0]
        end = start + len(segment.rstrip())
        if _PRONOUN.fullmatch(segment.strip()):
            return self._pronoun(start)
        return self._named(start, end, end)

    def _subject(self, start: int, end: int) -> str | None:
        """The one who is named last before the verb, an apposition apart."""
        words = self._text[start:end].strip()
        if _PRONOUN.fullmatch(words) or re.search(r"(?:^|[,;]\s|\band )(?:he|she)$", words):
            return self._pronoun(start)
        return self._named(start, end, end)

    def _named(self, start: int, end: int, verb: int) -> str | None:
        inside = [m for m in self._mentions if start <= m[0] and m[1] <= end]
        for first, last, name, kind in reversed(inside):
            before = self._text[start:first]
            if not _BETWEEN.fullmatch(self._text[last:verb]) or _PREPOSED.search(before):
                continue
            if kind is EntityType.ORGANISATION and before.strip().lower() not in ("", "the"):
                continue
            return name
        return None

    def _pronoun(self, position: int) -> str | None:
        """The last speaker, if nobody else was named since; or who alone is named hereabouts."""
        begin = self._text.rfind("\n", 0, position) + 1
        persons = [m for m in self._mentions if m[3] is EntityType.PERSON and m[0] < position]
        here = {name for first, _, name, _ in persons if first >= begin}
        if here:
            return here.pop() if len(here) == 1 else None
        if self._last and persons and persons[-1][2] == self._last:
            return self._last
        return None
