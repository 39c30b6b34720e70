"""A text with its sentences and the mentions that can be a speaker's."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from newsline.outcomes import EntityType
from newsline.records import Entity
from pipeline.enrich.quotes.quotation_marks import QuoteSpan
from pipeline.enrich.text.sentences import sentences


class NamedMention(NamedTuple):
    """``text[start:end]`` mentions the entity with this name and type."""

    start: int
    end: int
    name: str
    type: EntityType


class NamedText:
    """The text, its sentences, and its persons and organisations outside quotation marks."""

    def __init__(self, text: str, entities: Sequence[Entity], quotes: Sequence[QuoteSpan]) -> None:
        """``quotes``: in the text's order; a name inside one is not a speaker's."""
        self.text = text
        openings = [quote.opening for quote in quotes]

        def is_quoted(position: int) -> bool:
            earlier = bisect_right(openings, position)
            return bool(earlier) and position < quotes[earlier - 1].closing

        self._mentions = sorted(
            NamedMention(mention.start, mention.end, entity.name, entity.type)
            for entity in entities
            if entity.type in (EntityType.PERSON, EntityType.ORGANISATION)
            for mention in entity.mentions
            if not is_quoted(mention.start)
        )

    @cached_property
    def sentence_starts(self) -> Sequence[int]:
        """Where each sentence begins, in order."""
        return [start for start, _ in sentences(self.text)]

    def sentence_start(self, position: int) -> int:
        """The start of the sentence before the position, or of its line if that is later."""
        earlier = bisect_left(self.sentence_starts, position)
        line = self.text.rfind("\n", 0, position) + 1
        return max(line, self.sentence_starts[earlier - 1]) if earlier else line

    def mentions_within(self, start: int, end: int) -> Sequence[NamedMention]:
        """The mentions that lie in ``text[start:end]`` as a whole, in order."""
        return [m for m in self._mentions if start <= m.start and m.end <= end]

    def persons_from(self, start: int, end: int) -> Sequence[NamedMention]:
        """The mentions of persons that begin in ``text[start:end]``, in order."""
        first, last = (
            bisect_left(self._mentions, position, key=lambda mention: mention.start)
            for position in (start, end)
        )
        return [m for m in self._mentions[first:last] if m.type is EntityType.PERSON]
