"""The part of ``newsline trace`` that reads the connectors' state."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from connectors.cli.open_state import existing_state
from connectors.poll.health import health
from connectors.state import LeadingEntry, State
from connectors.text.urls import canonical_url
from newsline.records import article_id
from newsline.trace.events import EntryEvent
from newsline.trace.wanted import CLOCK_SKEW, Wanted


@contextmanager
def open_state(address: str) -> Iterator[StateTrace]:
    """Open an existing state. Raises OperatorError if there is none."""
    with existing_state(address) as state:
        yield StateTrace(state)


class StateTrace:
    """A :class:`newsline.trace.story.StateReader` on the connectors' database."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.name = state.name

    def wanted(self, article: str, broker: str) -> Wanted:
        known = self._state.article(article)
        if known:
            since = known.first_seen.timestamp() - CLOCK_SKEW
            return Wanted(known.article_id, known.revision, since)
        # The state knows every article that it has read from news.raw up to its positions.
        return Wanted(article, None, 0.0, self._state.positions(broker))

    def article_at(self, link: str) -> str:
        known = self._state.article_at(link)
        return known.article_id if known else article_id(link)

    def canonical(self, url: str) -> str:
        return canonical_url(url)

    def entries(self, links: Collection[str], article: str) -> Sequence[EntryEvent]:
        return self._events(self._state.leading([link for link in links if link], article))

    def named(self, name: str) -> tuple[Sequence[EntryEvent], Sequence[str]]:
        found, articles = self._state.named_entries(name)
        return self._events(found), articles

    def _events(self, found: Sequence[LeadingEntry]) -> Sequence[EntryEvent]:
        feeds = {
            each.feed.url: each.feed
            for each in self._state.survey({entry.feed_url for entry in found})
        }
        return [
            EntryEvent(
                at=datetime.fromtimestamp(entry.handled, UTC),
                feed=entry.feed_url,
                feed_health=health(feeds[entry.feed_url]),
                outcome=entry.outcome,
                detail=entry.detail,
                attempts=entry.attempts,
                settled=entry.settled,
                listed=datetime.fromtimestamp(entry.listed, UTC),
                title=entry.title or "",
            )
            for entry in found
        ]
