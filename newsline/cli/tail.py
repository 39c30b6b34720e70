"""``newsline tail``: the newest records of a topic, as text or JSON."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from newsline import records
from newsline.broker import Broker, Record
from newsline.cli import last_run, options, terminal
from newsline.printable import escaped_json, printable
from newsline.topics import contents
from newsline.topics.heartbeats import is_heartbeat

LOOK_AGAIN_SECONDS = 0.2


class TopicName(StrEnum):
    """A topic by the last part of its name."""

    RAW = "raw"
    ENRICHED = "enriched"
    DEAD_LETTER = "dead-letter"


def tail(
    which: Annotated[
        TopicName, typer.Argument(metavar="TOPIC", help="The last part of its name.")
    ] = TopicName.ENRICHED,
    count: Annotated[
        int,
        typer.Option(
            "-n",
            "--count",
            envvar="NEWSLINE_TAIL_COUNT",
            min=1,
            metavar="NUMBER",
            help="Number of newest records to show.",
        ),
    ] = 10,
    follow: Annotated[
        bool,
        typer.Option(
            "-f",
            "--follow",
            envvar="NEWSLINE_TAIL_FOLLOW",
            help="Continue with new records, until Ctrl-C.  [off]",
        ),
    ] = False,
    as_json: options.AsJson = False,
    broker: options.ReadBroker = "",
) -> None:
    """Show the newest records of a topic. The oldest of them comes first."""
    topic = f"news.{which.value}"
    with options.connect_to_existing(last_run.broker(broker)) as connection:
        ends = list(connection.end_offsets(topic))
        for record in contents.latest(connection, topic, count, ends):
            _show(record, as_json)
        while follow:
            for record in new(connection, topic, ends):
                _show(record, as_json)
            time.sleep(LOOK_AGAIN_SECONDS)


def new(broker: Broker, topic: str, ends: list[int]) -> Iterator[Record]:
    """Read the records after ``ends`` but heartbeats, and advance ``ends``."""
    for partition, end in enumerate(ends):
        for record in broker.read(topic, partition, end, limit=contents.READ_AT_ONCE):
            ends[partition] = record.offset + 1
            if not is_heartbeat(record):
                yield record


def _show(record: Record, as_json: bool) -> None:
    if as_json:
        if record.value is not None:  # a line holds a record; a tombstone has none
            sys.stdout.buffer.write(escaped_json(record.value) + b"\n")
            sys.stdout.buffer.flush()
    elif record.value is None:
        terminal.say(printable(f"{record.key.decode(errors='replace')}: withdrawn") + "\n")
    else:
        terminal.say(describe(record.value) + "\n")


def describe(value: bytes) -> str:
    """Format a record as text; one that cannot be decoded gives a line that says so.

    A line break in a record makes no line of its own: it could look like another record's.
    """
    return "\n".join(map(printable, _lines(value)))


def _lines(value: bytes) -> list[str]:
    try:
        record = records.decode(value)
    except (ValueError, RecursionError) as error:
        return [f"(not a record of this version: {error})"]
    return _letter(record) if isinstance(record, records.DeadLetter) else _article(record)


def _letter(letter: records.DeadLetter) -> list[str]:
    replay = f", replay of {letter.replay_of}" if letter.replay_of else ""
    return [
        f"{letter.failed_at:%F %T} {letter.stage}/{letter.reason}: {letter.error}",
        f"  {letter.topic}[{letter.partition}]@{letter.offset}, {len(letter.original)} bytes,"
        f" attempts: {letter.attempts}{replay}",
    ]


def _article(article: records.RawArticle | records.EnrichedArticle) -> list[str]:
    lines = [
        f"{article.published.at:%F %T} {article.title}",
        f"  {article.url} (revision {article.revision}, {article.site_name},"
        f" {len(article.text)} characters from the {article.text_source})",
    ]
    if isinstance(article, records.EnrichedArticle):
        entities = ", ".join(f"{e.name} ({_kind(e)}, {e.count})" for e in article.entities[:10])
        tags = ", ".join(f"{tag.name} {tag.confidence:.2f}" for tag in article.topic_tags)
        lines += [f"  {article.language.code} · {tags or 'no tag'}"]
        lines += [f"  {entities}"] if entities else []
        if article.key_phrases:
            lines += [f"  about: {', '.join(article.key_phrases)}"]
        if lead := article.lead:
            lines += [f"  {article.text[lead.start : lead.end]}"]
        if counts := article.statistics:
            minutes = max(1, round(counts.reading_seconds / 60))
            lines += [f"  {counts.words} words, {minutes} min, {len(article.quotes)} quotes"]
        lines += [f"  note: {note}" for note in article.notes]
    return lines


def _kind(entity: records.Entity) -> str:
    return f"{entity.type}, {entity.wikidata}" if entity.wikidata else str(entity.type)
