"""``newsline trace``: all events of one article, from its feeds to the sinks.

The topics and JSON Lines are read here. The connectors' state is read by
``connectors.cli.trace_state``, if the packages of that extra are installed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Annotated, NamedTuple, Protocol

import typer

from newsline.announce import warn
from newsline.broker import Broker
from newsline.cli import last_run, options, terminal, trace_lines
from newsline.cli.commands import extra_needed
from newsline.errors import OperatorError
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
BY_URL = ": titles are kept only of entries without an article; give the article's URL or id"
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


def trace(
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL",
            help="The article's URL, another link that leads to it, or its id; or an entry's id in"
            " its feed or, if it led to no article, its title.",
        ),
    ],
    state: options.ReadState = "",
    broker: options.ReadBroker = "",
    group: options.Group = options.DEFAULT_GROUP,
    jsonl: options.JsonLinesDirectory = "",
    as_json: options.AsJson = False,
) -> None:
    """Show all events of one article, from its feeds to the sinks."""
    if jsonl and not Path(jsonl).is_dir():
        raise OperatorError(
            f"--jsonl {jsonl}: no such directory: name the one that newsline enrich writes to"
        )
    address = last_run.broker(broker)
    with _open_state(state) as known, options.connect_to_existing(address) as connection:
        places = Places(known, connection, address, group, Path(jsonl) if jsonl else None)
        events = story(url, places)
    if as_json:
        terminal.say_json(events)
        return
    terminal.say("\n".join(trace_lines.story(events)))


def _open_state(address: str) -> AbstractContextManager[StateReader]:
    """The state; none, with a line on stderr, if the packages that read it are not installed."""
    try:
        reader = import_module(STATE_READER)
    except ModuleNotFoundError as error:
        needed = extra_needed("reading it", "connectors", error)
        if needed is None:
            raise
        warn(f"state not read: {needed}")
        return nullcontext(NoState())
    opened: AbstractContextManager[StateReader] = reader.open_state(last_run.state(address))
    return opened


def story(url: str, places: Places) -> Sequence[Event]:
    """The article, its events in order of time, the job's progress, and the ranges searched.

    Raises OperatorError if nothing is known of it.
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
        raise _unknown(url, places, looked)
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


def _unknown(url: str, places: Places, looked: Sequence[LookedEvent]) -> OperatorError:
    read = [each for each in looked if each.records] or looked[:1]
    where = [places.state.name, *map(trace_lines.place, read)]
    looked_at = ", ".join(name for name in where if name)
    hint = "" if "://" in url or ARTICLE_ID.fullmatch(url) else BY_URL
    return OperatorError(f"{url}: nothing is known of it; looked at {looked_at}{hint}")


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
