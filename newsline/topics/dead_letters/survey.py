"""Dead letters with what became of them: select, and report."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from msgspec import Struct

from newsline.broker import Broker
from newsline.outcomes import LetterState
from newsline.records import DEAD_LETTER_TOPIC, Utc
from newsline.topics.dead_letters import marks, originals, reading
from newsline.topics.dead_letters.marks import LetterPlace, Mark
from newsline.topics.dead_letters.reading import FoundLetter


class SurveyedLetter(NamedTuple):
    """A dead letter with its mark, if it is settled."""

    found: FoundLetter
    mark: Mark | None

    @property
    def state(self) -> LetterState:
        return self.mark.state if self.mark else LetterState.OPEN

    @property
    def failed_at(self) -> float:
        """Seconds since 1970; the broker's time if the dead letter cannot be decoded."""
        letter = self.found.letter
        return letter.failed_at.timestamp() if letter else self.found.stored_at

    @property
    def article(self) -> originals.OriginalArticle:
        letter = self.found.letter
        return originals.article(letter.original) if letter else originals.OriginalArticle()


class Selection(NamedTuple):
    """Which dead letters: an empty collection selects all. Times in seconds since 1970."""

    places: frozenset[LetterPlace] = frozenset()
    stages: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    feeds: frozenset[str] = frozenset()
    since: float = -math.inf
    until: float = math.inf

    def includes(self, letter: SurveyedLetter) -> bool:
        """Whether the dead letter is selected."""
        stage, reason = letter.found.kind
        return (
            (not self.places or letter.found.place in self.places)
            and (not self.stages or stage in self.stages)
            and (not self.reasons or reason in self.reasons)
            and self.since <= letter.failed_at <= self.until
            and (not self.feeds or not self.feeds.isdisjoint(letter.article.feeds))
        )


def survey(
    broker: Broker, selection: Selection, known: Mapping[LetterPlace, Mark]
) -> Iterator[SurveyedLetter]:
    """The selected dead letters, by partition and offset, up to the ends of now."""
    for partition, end in enumerate(broker.end_offsets(DEAD_LETTER_TOPIC)):
        start, stop = _range(selection.places, partition, end)
        for found in reading.read(broker, partition, start, stop):
            mark = marks.own(known, found.place, found.stored_at)
            letter = SurveyedLetter(found, mark)
            if selection.includes(letter):
                yield letter


def _range(places: frozenset[LetterPlace], partition: int, end: int) -> tuple[int, int]:
    """The offsets to read of a partition that has ``end`` records."""
    if not places:
        return 0, end
    offsets = [place.offset for place in places if place.partition == partition]
    return (min(offsets), min(max(offsets) + 1, end)) if offsets else (0, 0)


class LetterReport(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dead letter as JSON: one line of ``newsline dead-letter list --json``."""

    place: str
    """Its place on news.dead-letter, PARTITION:OFFSET."""
    state: LetterState
    """State, see [outcomes](outcomes.md#dead-letter)."""
    settled_at: Utc | None = None
    """Time at which it was settled."""
    settled_by: str = ""
    """User and host that settled it."""
    stage: str
    """Stage in which the record failed; `unknown` if this version cannot decode the dead letter."""
    reason: str
    """Reason of the failure, or `unknown`."""
    error: str
    """Error, in one line."""
    failed_at: Utc
    """Time of the failure; the broker's time if this version cannot decode the dead letter."""
    attempts: int = 0
    """Number of attempts; missing if this version cannot decode it, as are the fields below."""
    first_failed_at: Utc | None = None
    """Time of the first failure, if it was replayed before."""
    replay_of: str = ""
    """Place of the dead letter that was replayed before."""
    topic: str = ""
    """Topic of the original."""
    partition: int | None = None
    """Partition of the original."""
    offset: int | None = None
    """Offset of the original."""
    bytes: int | None = None
    """Size of the original."""
    title: str = ""
    """Title of the article, if the original is JSON and has one; the same for the next two."""
    url: str = ""
    """URL of the article."""
    feeds: tuple[str, ...] = ()
    """Feeds that list the article."""


def report(surveyed: SurveyedLetter) -> LetterReport:
    """The dead letter as JSON shows it."""
    (place, stored_at, _, letter, problem), mark = surveyed
    stage, reason = surveyed.found.kind
    settled = {"settled_at": mark.at, "settled_by": mark.by} if mark else {}
    head: dict[str, Any] = {
        "place": str(place),
        "state": surveyed.state,
        "stage": stage,
        "reason": reason,
        **settled,
    }
    if letter is None:
        stored = datetime.fromtimestamp(stored_at, UTC)
        return LetterReport(**head, error=problem, failed_at=stored)
    article = surveyed.article
    return LetterReport(
        **head,
        error=letter.error,
        failed_at=letter.failed_at,
        attempts=letter.attempts,
        first_failed_at=letter.first_failed_at,
        replay_of=letter.replay_of or "",
        topic=letter.topic,
        partition=letter.partition,
        offset=letter.offset,
        bytes=len(letter.original),
        title=article.title,
        url=article.url,
        feeds=article.feeds,
    )
