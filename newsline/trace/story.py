"""All events of one article: from the connectors' state, the topics and JSON Lines files."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Protocol

from newsline.broker import Broker
from newsline.records import RAW_TOPIC, article_id
from newsline.trace.events import (
    ArticleEvent,
    EntryEvent,
    Event,
    LookedEvent,
    RawEvent,
    WithdrawnEvent,
)
from newsline.trace.file_events import in_files
from newsline.trace.topic_events import from_job, on_raw
from newsline.trace.wanted import Wanted

END = datetime.max.replace(tzinfo=UTC)
ARTICLE_ID = re.compile(r"[0-9a-f]{32}")
STATE_READER = "connectors.cli.trace_state"


class StateReader(Protocol):
    """What a trace reads from the connectors' state. ``name``: where it is, without a password."""

    name: str

    def wanted(self, article: str, broker: str) -> Wanted:
        """The article of this id, with what the state knows of it."""
        ...

    def article_at(self, link: str) -> str:
        """The id of the article to which the canonical link leads."""
        ...

    def canonical(self, url: str) -> str: ...

    def entries(self, links: Collection[str], article: str) -> Sequence[EntryEvent]:
        """The entries with one of these canonical links, or that list the article."""
        ...

    def named(self, name: str) -> tuple[Sequence[EntryEvent], Sequence[str]]:
        """The entries with this id, and those with this title that led to no article; with the ids
        of the articles to which they lead."""
        ...


class NoState:
    """A :class:`StateReader` that knows nothing: only ids and canonical URLs are found."""

    name = ""

    def wanted(self, article: str, broker: str) -> Wanted:
        return Wanted(article, None, 0.0)

    def article_at(self, link: str) -> str:
        return article_id(link)

    def canonical(self, url: str) -> str:
        return url

    def entries(self, links: Collection[str], article: str) -> Sequence[EntryEvent]:
        return []

    def named(self, name: str) -> tuple[Sequence[EntryEvent], Sequence[str]]:
        return [], []


class Places(NamedTuple):
    """Where to search: ``address`` is the broker's; ``files``, a directory of JSON Lines."""

    state: StateReader
    broker: Broker
    address: str
    group: str
    files: Path | None


class UnknownArticle(Exception):
    """Nothing is known of the article. ``looked``: the ranges of the topics that were searched."""

    def __init__(self, looked: Sequence[LookedEvent]) -> None:
        super().__init__()
        self.looked = looked


def state_opener() -> Callable[[str], AbstractContextManager[StateReader]]:
    """The function that opens the state at an address. Raises ModuleNotFoundError if the packages
    that read it are not installed."""
    opener: Callable[[str], AbstractContextManager[StateReader]]
    opener = import_module(STATE_READER).open_state
    return opener


def story(url: str, places: Places) -> Sequence[Event]:
    """The article, its events in order of time, the job's progress, and the ranges searched.

    Raises UnknownArticle.
    """
    wanted, link = _wanted(url, places)
    entries = places.state.entries({link}, wanted.article_id)
    if not (wanted.revision or entries):
        named, articles = places.state.named(url)
        if len(articles) == 1:  # the id of an entry that led to an article
            return story(articles[0], places)
        if named:
            return named
    published: Sequence[RawEvent | WithdrawnEvent] = []
    looked: list[LookedEvent] = []
    if wanted.revision or not entries:  # an entry without an article: it was never published
        published, ranges = on_raw(places.broker, wanted)
        looked += ranges
    raw = [each for each in published if isinstance(each, RawEvent)]
    if not (wanted.revision or entries or published):
        raise UnknownArticle(looked)
    links = list(dict.fromkeys(link for each in raw for link in _links(each, places.state)))
    happened: list[Event] = [*places.state.entries({link, *links}, wanted.article_id), *published]
    if published or wanted.revision:
        made, ranges = from_job(places.broker, places.group, wanted, raw)
        happened += made
        looked += ranges
        happened += _in_files(places, wanted, raw)
    return [
        *_article(wanted, raw, links),
        *sorted(happened, key=lambda event: _at(event) or END),
        *looked,
    ]


def _wanted(url: str, places: Places) -> tuple[Wanted, str]:
    """The article, and its canonical link if a URL was given."""
    if ARTICLE_ID.fullmatch(url):
        return places.state.wanted(url, places.address), ""
    link = places.state.canonical(url)
    return places.state.wanted(places.state.article_at(link), places.address), link


def _in_files(places: Places, wanted: Wanted, raw: Sequence[RawEvent]) -> Iterator[Event]:
    if places.files:
        own = {places.broker.partition_of(RAW_TOPIC, wanted.key)}
        yield from in_files(places.files, wanted, {each.partition for each in raw} or own)


def _article(
    wanted: Wanted, raw: Sequence[RawEvent], links: Sequence[str]
) -> Iterator[ArticleEvent]:
    if not (raw or wanted.revision):  # what is left of it is a tombstone at most
        return
    newest = max(raw, key=lambda each: each.revision or 0, default=None)
    revision = wanted.revision or (newest.revision if newest else None)
    yield ArticleEvent(
        article_id=wanted.article_id,
        revision=revision,
        url=newest.url if newest else "",
        title=newest.title if newest else "",
        links=links,
    )


def _links(raw: RawEvent, state: StateReader) -> Iterator[str]:
    yield from (state.canonical(url) for url in (raw.url, raw.fetched_url) if url)


def _at(event: Event) -> datetime | None:
    return getattr(event, "at", None)
