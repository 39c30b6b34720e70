"""What can be told of an article: the events that ``newsline trace --json`` prints.

Their fields stay as they are; more may come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from newsline.outcomes import Stage


class Article(Struct, frozen=True, kw_only=True, tag_field="event", tag="article"):
    """The article, its latest revision, and the URLs by which it is known."""

    article_id: str
    revision: int | None
    url: str
    title: str
    links: Sequence[str]


class Entry(Struct, frozen=True, kw_only=True, tag_field="event", tag="entry"):
    """An entry that leads to it: what it came to when it was last handled (``at``).

    ``listed``: when its feed was last known to have it, to the day. Not ``settled``: it is tried
    again. ``feed_health`` is how the feed is now.
    """

    at: datetime
    feed: str
    feed_health: str
    outcome: str
    detail: str
    attempts: int
    settled: bool
    listed: datetime


class Raw(Struct, frozen=True, kw_only=True, tag_field="event", tag="raw"):
    """A revision on news.raw; ``problem`` where the record cannot be read, and then no more."""

    at: datetime
    partition: int
    offset: int
    revision: int | None = None
    changed: Sequence[str] = ()
    url: str = ""
    fetched_url: str = ""
    title: str = ""
    characters: int = 0
    text_source: str = ""
    page_outcome: str = ""
    fetched_at: datetime | None = None
    content_hash: str = ""
    problem: str = ""


class Enriched(Struct, frozen=True, kw_only=True, tag_field="event", tag="enriched"):
    """A revision on news.enriched; ``tags`` by name, with their confidence."""

    at: datetime
    partition: int
    offset: int
    revision: int
    language: str
    entities: int
    tags: Mapping[str, float]
    notes: Sequence[str] = ()


class Dead(Struct, frozen=True, kw_only=True, tag_field="event", tag="dead_letter"):
    """A record of news.raw on news.dead-letter; ``original`` is its partition and offset."""

    at: datetime
    partition: int
    offset: int
    original: tuple[int, int]
    stage: Stage
    reason: str
    error: str
    attempts: int


class Job(Struct, frozen=True, kw_only=True, tag_field="event", tag="job"):
    """How far the job is in a partition of news.raw with records of the article.

    ``waiting``: offsets of those that it has yet to enrich, behind ``lag`` records in all.
    ``missing``: of those that it has passed, and of which nothing was found where it writes to.
    Not ``begun``: no group of this name has committed anything on news.raw.
    """

    group: str
    partition: int
    committed: int
    lag: int
    waiting: Sequence[int]
    missing: Sequence[int]
    begun: bool = True


class Line(Struct, frozen=True, kw_only=True, tag_field="event", tag="jsonl"):
    """A line of a JSON Lines file, counted from 1; None where the article is not in it."""

    at: datetime | None
    file: str
    line: int | None
    revision: int | None


class Looked(Struct, frozen=True, kw_only=True, tag_field="event", tag="looked"):
    """How far a partition was looked through: ``records`` from offset ``start`` up to ``end``."""

    topic: str
    partition: int
    start: int
    end: int
    records: int


Event = Article | Entry | Raw | Enriched | Dead | Job | Line | Looked
