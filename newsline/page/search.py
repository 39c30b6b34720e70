"""A search from the page: an article by URL, id or title, with all its events; bounded in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from newsline.broker import Broker
from newsline.errors import OperatorError
from newsline.trace.bounded import SearchEnded, bounded
from newsline.trace.by_title import TitledArticle, by_title
from newsline.trace.events import Event
from newsline.trace.story import (
    ARTICLE_ID,
    NoState,
    Places,
    StateReader,
    UnknownArticle,
    state_opener,
    story,
)

SECONDS = 3.0
"""For an article's events, and once more for a title."""


class Searchable(NamedTuple):
    """Where to search. ``broker`` may raise BrokerError. ``state``: its address, "" for none."""

    broker: Callable[[], Broker]
    broker_address: str
    group: str
    state: str


class SearchResult(NamedTuple):
    """``events`` of the article, or ``articles`` of the title to choose from; ``note``: what could
    not be searched, or why nothing was found."""

    events: Sequence[Event] = ()
    articles: Sequence[TitledArticle] = ()
    note: str = ""


def search(text: str, where: Searchable) -> SearchResult:
    """Whatever is unreachable is named in the note; nothing is raised for it."""
    try:
        with _state(where) as (state, note):
            return _search(text, where, state, note)
    except SearchEnded:
        return SearchResult(
            note=f"Not found within {SECONDS:.0f} s: newsline trace searches to the end."
        )
    except OperatorError as error:
        return SearchResult(note=str(error))


def _search(text: str, where: Searchable, state: StateReader, note: str) -> SearchResult:
    if "://" in text or ARTICLE_ID.fullmatch(text):
        events = _events(text, where, state)
        return SearchResult(
            events=events, note=note if events else f"Nothing is known of it. {note}"
        )
    named, articles = state.named(text)
    if len(articles) == 1:
        return SearchResult(events=_events(articles[0], where, state), note=note)
    return SearchResult(events=named, note=note) if named else _titled(text, where, state, note)


def _titled(text: str, where: Searchable, state: StateReader, note: str) -> SearchResult:
    titles = by_title(bounded(where.broker(), SECONDS), text)
    if len(titles.found) == 1:
        return SearchResult(events=_events(titles.found[0].article_id, where, state), note=note)
    end = "" if titles.complete else f"The search ended after {titles.records:,} records. "
    nothing = "" if titles.found else "No title on the topics has all these words. "
    return SearchResult(articles=titles.found, note=f"{nothing}{end}{note}")


def _events(text: str, where: Searchable, state: StateReader) -> Sequence[Event]:
    broker = bounded(where.broker(), SECONDS)
    places = Places(state, broker, where.broker_address, where.group, files=None)
    try:
        return story(text, places)
    except UnknownArticle:
        return []


@contextmanager
def _state(where: Searchable) -> Iterator[tuple[StateReader, str]]:
    """The state, and a note if it cannot be read."""
    if not where.state:
        yield NoState(), "Searched without the connectors' state."
        return
    with ExitStack() as stack:
        state: StateReader = NoState()
        note = ""
        try:
            state = stack.enter_context(state_opener()(where.state))
        except (ModuleNotFoundError, OperatorError) as error:
            note = f"Searched without the connectors' state: {error}."
        yield state, note
