"""The events of an article in words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from newsline.counts import number_of
from newsline.records import DEAD_LETTER_TOPIC, ENRICHED_TOPIC, RAW_TOPIC
from newsline.trace.events import (
    ArticleEvent,
    DeadLetterEvent,
    EnrichedEvent,
    EntryEvent,
    Event,
    JobEvent,
    LineEvent,
    LookedEvent,
    RawEvent,
    WithdrawnEvent,
)

SHOWN_TAGS = 5


def words(event: Event) -> str:
    """The event in one line, without its time and name. Text of others is as they wrote it."""
    return WORDS[type(event)](event)


def name(event: Event) -> str:
    """The event's name, such as ``raw`` or ``dead_letter``."""
    return str(type(event).__struct_config__.tag)


def place(looked: LookedEvent) -> str:
    """A range that was searched."""
    return (
        f"{looked.topic}[{looked.partition}] from {looked.start} to {looked.end}"
        f" ({number_of(looked.records, 'record')})"
    )


def _article(article: ArticleEvent) -> str:
    links = [link for link in article.links if link != article.url]
    also = f", also {', '.join(links)}" if links else ""
    title = f" “{article.title}”" if article.title else ""
    revision = f", revision {article.revision}" if article.revision else ""
    return f"{article.article_id}{revision}{title} {article.url}{also}"


def _entry(entry: EntryEvent) -> str:
    detail = f" ({entry.detail})" if entry.detail else ""
    again = "" if entry.settled else f"; attempt {entry.attempts}, tried again at its next poll"
    title = f" “{entry.title}”" if entry.title else ""
    return f"{entry.outcome}{detail}{again},{title} in {entry.feed}"


def _raw(raw: RawEvent) -> str:
    if raw.problem:
        return f"{_at(RAW_TOPIC, raw)}: not a record of this version: {raw.problem}"
    changed = f", changed: {', '.join(raw.changed)}" if raw.changed else ""
    fetched = f", fetched {raw.fetched_at:%F %T}" if raw.fetched_at else ""
    page = "" if raw.page_outcome == "ok" else f" (page: {raw.page_outcome})"
    text = f"{raw.characters:,} characters from the {raw.text_source}{page}"
    trace = f", trace {raw.trace_id}" if raw.trace_id else ""
    return f"{_at(RAW_TOPIC, raw)}: revision {raw.revision}{changed}, {text}{fetched}{trace}"


def _enriched(enriched: EnrichedEvent) -> str:
    ranked = list(enriched.tags.items())[:SHOWN_TAGS]
    named = ", ".join(f"{name} {confidence:.2f}" for name, confidence in ranked)
    tags = f"tags: {named}" if named else "no tag"
    notes = "".join(f"; {note}" for note in enriched.notes)
    entities = number_of(enriched.entities, "entity", "entities")
    about = f"revision {enriched.revision}, {enriched.language}, {entities}, {tags}"
    return f"{_at(ENRICHED_TOPIC, enriched)}: {about}{notes}"


def _withdrawn(withdrawn: WithdrawnEvent) -> str:
    return f"{_at(withdrawn.topic, withdrawn)}: a tombstone: the article is withdrawn"


def _dead(dead: DeadLetterEvent) -> str:
    partition, offset = dead.original
    why = f"{dead.stage}/{dead.reason}: {dead.error}"
    original = f"{RAW_TOPIC}[{partition}]@{offset}, {number_of(dead.attempts, 'attempt')}"
    again = f", replay of {dead.replay_of}" if dead.replay_of else ""
    return f"{_at(DEAD_LETTER_TOPIC, dead)}: {original}{again}, {why}"


def _job(job: JobEvent) -> str:
    if not job.begun:
        return f"{job.group} has committed nothing on {RAW_TOPIC}: is it the job's --group?"
    at = f"{job.group} is at {RAW_TOPIC}[{job.partition}]@{job.committed}"
    if job.waiting:
        waiting = ", ".join(f"@{offset}" for offset in job.waiting)
        return f"{at}: has yet to enrich {waiting}, lag {number_of(job.lag, 'record')}"
    if job.missing:
        missing = ", ".join(f"@{offset}" for offset in job.missing)
        return f"{at}: past {missing}, of which nothing is left: retention, compaction?"
    return f"{at}: past it"


def _line(line: LineEvent) -> str:
    if line.line is None:
        return f"it is not in {line.file}"
    return f"revision {line.revision}, line {line.line} of {line.file}"


def _at(topic: str, event: RawEvent | EnrichedEvent | WithdrawnEvent | DeadLetterEvent) -> str:
    return f"{topic}[{event.partition}]@{event.offset}"


WORDS: Mapping[type, Callable[[Any], str]] = {
    ArticleEvent: _article,
    EntryEvent: _entry,
    RawEvent: _raw,
    EnrichedEvent: _enriched,
    WithdrawnEvent: _withdrawn,
    DeadLetterEvent: _dead,
    JobEvent: _job,
    LineEvent: _line,
    LookedEvent: place,
}
