"""The events of an article, as ``newsline trace --json`` prints them.

Fields are not removed or renamed; new ones may be added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from newsline.outcomes import Stage


class ArticleEvent(Struct, frozen=True, kw_only=True, tag_field="event", tag="article"):
    """The article: id, latest revision and known URLs."""

    article_id: str
    """32 hex digits."""
    revision: int | None
    """The latest revision; null where unknown."""
    url: str
    """Canonical URL."""
    title: str
    """Title of the latest revision."""
    links: Sequence[str]
    """Other URLs that lead to the article."""


class EntryEvent(Struct, frozen=True, kw_only=True, tag_field="event", tag="entry"):
    """A feed's entry that leads to the article, or to none, as it was last handled."""

    at: datetime
    """Time at which the entry was last handled."""
    feed: str
    """URL of the feed."""
    feed_health: str
    """Health of the feed now."""
    outcome: str
    """Outcome of the entry."""
    detail: str
    """Cause, in one line."""
    attempts: int
    """Attempts to fetch its page."""
    settled: bool
    """False: it is tried again."""
    listed: datetime
    """Day on which the feed last listed it."""
    title: str = ""
    """Title in the feed, of an entry that led to no article."""


class RawEvent(Struct, frozen=True, kw_only=True, tag_field="event", tag="raw"):
    """A revision on news.raw. A record that cannot be decoded has ``problem``, and no content."""

    at: datetime
    """Time of the record."""
    partition: int
    """Partition of news.raw."""
    offset: int
    """Offset in the partition."""
    revision: int | None = None
    """Revision of the article."""
    changed: Sequence[str] = ()
    """What differs from the revision before: `title`, `text`, `url`."""
    url: str = ""
    """Canonical URL."""
    fetched_url: str = ""
    """URL the page was read from."""
    title: str = ""
    """Title."""
    characters: int = 0
    """Length of the text."""
    text_source: str = ""
    """`page` or `feed`."""
    page_outcome: str = ""
    """Outcome of the page."""
    fetched_at: datetime | None = None
    """Time of the fetch."""
    content_hash: str = ""
    """Hash of title and text, 32 hex digits."""
    problem: str = ""
    """Why the record cannot be read; the other fields are then empty."""
    trace_id: str = ""
    """Id of the trace in the header `traceparent`, 32 hex digits; empty without one."""


class EnrichedEvent(Struct, frozen=True, kw_only=True, tag_field="event", tag="enriched"):
    """A revision on news.enriched."""

    at: datetime
    """Time of the record."""
    partition: int
    """Partition of news.enriched."""
    offset: int
    """Offset in the partition."""
    revision: int
    """Revision of the article."""
    language: str
    """ISO 639-1 code."""
    entities: int
    """Number of entities."""
    tags: Mapping[str, float]
    """Topic tags by name, with their confidence."""
    notes: Sequence[str] = ()
    """Parts left out, and why."""
    trace_id: str = ""
    """Id of the trace in the header `traceparent`, 32 hex digits; empty without one."""


class WithdrawnEvent(Struct, frozen=True, kw_only=True, tag_field="event", tag="withdrawn"):
    """A tombstone: the article is withdrawn. The job copies it from news.raw to news.enriched."""

    at: datetime
    """Time of the record."""
    topic: str
    """Topic."""
    partition: int
    """Partition of the topic."""
    offset: int
    """Offset in the partition."""


class DeadLetterEvent(Struct, frozen=True, kw_only=True, tag_field="event", tag="dead_letter"):
    """A record of news.raw on news.dead-letter."""

    at: datetime
    """Time of the record."""
    partition: int
    """Partition of news.dead-letter."""
    offset: int
    """Offset in the partition."""
    original: tuple[int, int]
    """Partition and offset of the record on news.raw."""
    stage: Stage
    """Stage in which it failed."""
    reason: str
    """Reason of the failure."""
    error: str
    """Error, in one line."""
    attempts: int
    """Attempts made, with those before a replay."""
    replay_of: str | None = None
    """Place on news.dead-letter, PARTITION:OFFSET, of the dead letter that was replayed before."""
    trace_id: str = ""
    """Id of the trace in the header `traceparent`, 32 hex digits; empty without one."""


class JobEvent(Struct, frozen=True, kw_only=True, tag_field="event", tag="job"):
    """The job's progress in a partition of news.raw with records of the article."""

    group: str
    """Consumer group."""
    partition: int
    """Partition of news.raw."""
    committed: int
    """Committed offset."""
    lag: int
    """Records to enrich in the partition."""
    waiting: Sequence[int]
    """Offsets of the article's records that are not enriched yet."""
    missing: Sequence[int]
    """Offsets that the job has passed without a result on its topics: past retention, or
    enriched by another group."""
    begun: bool = True
    """False: the group has committed nothing on news.raw. Check its name."""


class LineEvent(Struct, frozen=True, kw_only=True, tag_field="event", tag="jsonl"):
    """The article's line in a JSON Lines file, or none if the file lacks it."""

    at: datetime | None
    """Time of enrichment; null where the file lacks the article."""
    file: str
    """Path of the file."""
    line: int | None
    """Line number from 1; null where the file lacks the article."""
    revision: int | None
    """Revision; null where the file lacks the article."""


class LookedEvent(Struct, frozen=True, kw_only=True, tag_field="event", tag="looked"):
    """The range of a partition that was searched."""

    topic: str
    """Topic."""
    partition: int
    """Partition."""
    start: int
    """First offset read."""
    end: int
    """Offset after the last one read."""
    records: int
    """Records read."""


Event = (
    ArticleEvent
    | EntryEvent
    | RawEvent
    | EnrichedEvent
    | WithdrawnEvent
    | DeadLetterEvent
    | JobEvent
    | LineEvent
    | LookedEvent
)
