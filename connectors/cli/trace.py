"""``newsline trace``: everything that happened to one article, from its feeds to the sinks."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec
import typer

from connectors.cli import trace_lines
from connectors.cli.open_state import existing_state
from newsline import trace as further
from newsline.cli import options
from newsline.errors import OperatorError
from newsline.records import RAW_TOPIC
from newsline.trace import CLOCKS, Wanted
from newsline.trace.events import Article, Entry, Event, Looked, Raw

if TYPE_CHECKING:
    from connectors.state import State
    from newsline.broker import Broker

END = datetime.max.replace(tzinfo=UTC)
ARTICLE_ID = re.compile(r"[0-9a-f]{32}")


class Places(NamedTuple):
    """Where to look: ``address`` is the broker's, ``files`` a directory of JSON Lines, if any."""

    state: State
    broker: Broker
    address: str
    group: str
    files: Path | None


def trace(
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL", help="The article's URL, another link that leads to it, or its id."
        ),
    ],
    state: options.StateAddress = options.DEFAULT_STATE,
    broker: options.BrokerAddress = options.DEFAULT_BROKER,
    group: options.Group = options.DEFAULT_GROUP,
    jsonl: options.JsonLinesDirectory = "",
    as_json: options.AsJson = False,
) -> None:
    """Show all events of one article, from its feeds to the sinks."""
    if jsonl and not Path(jsonl).is_dir():
        raise OperatorError(
            f"--jsonl {jsonl}: no such directory: name the one that newsline enrich writes to"
        )
    with existing_state(state) as opened, options.connect_to_existing(broker) as other:
        events = story(url, Places(opened, other, broker, group, Path(jsonl) if jsonl else None))
    if as_json:
        sys.stdout.buffer.writelines(msgspec.json.encode(event) + b"\n" for event in events)
        return
    typer.echo("\n".join(trace_lines.told(events)))


def story(url: str, places: Places) -> Sequence[Event]:
    """The article, what happened to it in order of time, how it stands, and how far was looked.

    Raises OperatorError where nothing is known.
    """
    wanted, link = _wanted(url, places)
    entries = list(_entries(places.state, {link}, wanted.article_id))
    raw: Sequence[Raw] = []
    looked: list[Looked] = []
    if wanted.revision or not entries:  # an entry without an article: there never was one
        raw, looks = further.on_raw(places.broker, wanted)
        looked += looks
    if not (wanted.revision or entries or raw):
        read = [each for each in looked if each.records] or looked[:1]
        where = ", ".join([places.state.name, *map(trace_lines.place, read)])
        raise OperatorError(f"{url}: nothing is known of it; looked at {where}")
    links = list(dict.fromkeys(link for each in raw for link in _links(each)))
    entries = list(_entries(places.state, {link, *links}, wanted.article_id))
    happened: list[Event] = [*entries, *raw]
    if raw or wanted.revision:
        made, looks = further.from_job(places.broker, places.group, wanted, raw)
        happened += made
        looked += looks
        if places.files:
            own = {places.broker.partition_of(RAW_TOPIC, wanted.key)}
            partitions = {each.partition for each in raw} or own
            happened += further.in_files(places.files, wanted, partitions)
    return [
        *_article(wanted, raw, links),
        *sorted(happened, key=lambda event: _at(event) or END),
        *looked,
    ]


def _wanted(url: str, places: Places) -> tuple[Wanted, str]:
    """The article as the state knows it, and its canonical link where a URL was given."""
    from connectors.article.identity import article_id as id_of
    from connectors.text.urls import canonical_url

    state = places.state
    if ARTICLE_ID.fullmatch(url):
        link, known = "", state.article(url)
        article_id = url
    else:
        link = canonical_url(url)
        known = state.article_at(link)
        article_id = known.article_id if known else id_of(link)
    if known:
        return Wanted(article_id, known.revision, known.first_seen.timestamp() - CLOCKS), link
    # What the state has applied of news.raw it would know.
    return Wanted(article_id, None, 0.0, state.positions(places.address)), link


def _entries(state: State, links: Collection[str], article_id: str) -> Iterator[Entry]:
    from connectors.poll.health import health

    found = state.leading([link for link in links if link], article_id)
    feeds = {each.feed.url: each.feed for each in state.survey({each.feed_url for each in found})}
    for each in found:
        yield Entry(
            at=datetime.fromtimestamp(each.handled, UTC),
            feed=each.feed_url,
            feed_health=health(feeds[each.feed_url]),
            outcome=each.outcome,
            detail=each.detail,
            attempts=each.attempts,
            settled=each.settled,
            listed=datetime.fromtimestamp(each.listed, UTC),
        )


def _article(wanted: Wanted, raw: Sequence[Raw], links: Sequence[str]) -> Iterator[Article]:
    if not (raw or wanted.revision):
        return
    newest = max(raw, key=lambda each: each.revision or 0, default=None)
    revision = wanted.revision or (newest.revision if newest else None)
    yield Article(
        article_id=wanted.article_id,
        revision=revision,
        url=newest.url if newest else "",
        title=newest.title if newest else "",
        links=links,
    )


def _links(raw: Raw) -> Iterator[str]:
    from connectors.text.urls import canonical_url

    yield from (canonical_url(url) for url in (raw.url, raw.fetched_url) if url)


def _at(event: Event) -> datetime | None:
    return getattr(event, "at", None)
