"""Lines of ``newsline dead-letter``. Pure. Times are in UTC."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from newsline.cli import terminal
from newsline.outcomes import LetterState
from newsline.printable import escaped, printable
from newsline.topics.dead_letters.originals import OriginalArticle
from newsline.topics.dead_letters.survey import LetterReport, SurveyedLetter, report

LONGEST_ERROR = 200
"""Characters of an error in a list."""

LONGEST_ORIGINAL = 4_000
"""Bytes of an original as text."""


class LetterGroup(NamedTuple):
    """Dead letters that are counted together. ``feed``: the first one that lists the article."""

    stage: str
    reason: str
    feed: str


class Overview:
    """Counts dead letters by group and state, and keeps the newest ``count`` for their lines."""

    def __init__(self, letters: Iterable[SurveyedLetter], count: int) -> None:
        self._counts: dict[LetterGroup, Counter[str]] = {}
        counted = map(self._counted, letters)
        # At least one, because nlargest(0) reads nothing.
        newest = heapq.nlargest(max(count, 1), counted, key=lambda each: each.failed_at)
        self._newest = newest[:count]

    def _counted(self, letter: SurveyedLetter) -> LetterReport:
        shown = report(letter)
        group = LetterGroup(shown.stage, shown.reason, shown.feeds[0] if shown.feeds else "")
        self._counts.setdefault(group, Counter())[shown.state] += 1
        return shown

    @property
    def total(self) -> Counter[str]:
        """The number of dead letters by state."""
        return sum(self._counts.values(), Counter())

    def lines(self) -> Iterator[str]:
        """The newest dead letters, oldest of them first, then the counts and the total."""
        for letter in reversed(self._newest):
            yield from line(letter)
        if hidden := self.total.total() - len(self._newest):
            yield f"… and {hidden:,} older, see --count"
        if self._counts:
            yield ""
            yield "".join(f"{state:>10}" for state in LetterState)
        for group, counts in sorted(self._counts.items()):
            numbers = "".join(f"{counts[state]:>10,}" for state in LetterState)
            feed = printable(group.feed) or "(no feed)"
            yield f"{numbers}  {group.stage}/{group.reason}  {feed}"
        yield total(self.total)


def total(counts: Mapping[str, int]) -> str:
    """The number of dead letters, and of those in each state."""
    if not (count := sum(counts.values())):
        return "no dead letters"
    states = ", ".join(f"{counts.get(state, 0):,} {state}" for state in LetterState)
    return f"{count:,} dead letter{'s' if count > 1 else ''}: {states}"


def line(letter: LetterReport) -> Iterator[str]:
    """A dead letter in a list."""
    head = f"{letter.place:<8}  {letter.failed_at:%F %T}  "
    error = letter.error[:LONGEST_ERROR] + ("…" if len(letter.error) > LONGEST_ERROR else "")
    again = f" ({letter.attempts} attempts)" if letter.attempts > 1 else ""
    again += f" (replay of {letter.replay_of})" if letter.replay_of else ""
    text = f"{state(letter)}: {letter.stage}/{letter.reason}: {error}{again}"
    yield from terminal.wrapped(head + text, 10)
    article = OriginalArticle(letter.title, letter.url, letter.feeds)
    if any(article):
        yield from terminal.wrapped(f"{'':10}{_article(article)}", 10)


def _article(article: OriginalArticle) -> str:
    title = f"“{article.title}” " if article.title else ""
    feed = f" in {article.feed}" if article.feed else ""
    return f"{title}{article.url}{feed}"


def state(letter: LetterReport) -> str:
    """The state, with time and user once it is settled."""
    if letter.settled_at is None:
        return letter.state
    return f"{letter.state} {letter.settled_at:%F %T} by {letter.settled_by}"


def everything(surveyed: SurveyedLetter) -> Iterator[str]:
    """All of one dead letter, then its original as text."""
    shown = report(surveyed)
    for name, value in _fields(surveyed, shown):
        yield from terminal.wrapped(f"{name:<10}  {value}", 12)
    yield ""
    yield from original(surveyed.found.original)


def _fields(surveyed: SurveyedLetter, shown: LetterReport) -> Iterator[tuple[str, str]]:
    yield "place", shown.place
    yield "state", state(shown)
    yield "failed", f"{shown.failed_at:%F %T}"
    yield "stored", f"{datetime.fromtimestamp(surveyed.found.stored_at, UTC):%F %T}"
    yield "stage", shown.stage
    yield "reason", shown.reason
    yield "error", shown.error
    if letter := surveyed.found.letter:
        yield "attempts", str(letter.attempts)
        if letter.replay_of:
            yield "replay of", f"{letter.replay_of}, first failed {shown.first_failed_at:%F %T}"
        yield "original", f"{letter.topic}[{letter.partition}]@{letter.offset}"
        yield "key", escaped(letter.key)
        for header in letter.headers:
            yield "header", f"{header.name}: {escaped(header.value)}"
        yield "bytes", f"{len(letter.original):,}"
    for name, value in (("title", shown.title), ("url", shown.url)):
        if value:
            yield name, value
    yield from (("feed", feed) for feed in shown.feeds)


def original(value: bytes) -> Sequence[str]:
    """The original as text, escaped, in lines that fit."""
    text = escaped(value[:LONGEST_ORIGINAL])
    lines = [text[at : at + terminal.WIDTH] for at in range(0, len(text), terminal.WIDTH)]
    if hidden := len(value) - LONGEST_ORIGINAL:
        lines += [f"… and {hidden:,} bytes more, see --raw"] if hidden > 0 else []
    return lines
