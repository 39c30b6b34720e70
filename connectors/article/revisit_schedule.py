"""When an article's page is to be requested again, and with which entry. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from connectors.parse import Entry
from connectors.state import Revisit
from newsline.records import RawArticle


def first_revisit(article: RawArticle, ages: Sequence[float]) -> Revisit | None:
    """The revisit at the first of the ``ages``, in seconds, that the article has not reached.

    None if its text is the feed's: the page has less, and would replace it.
    """
    seen = article.first_seen.timestamp()
    due = next_due(seen, ages, article.fetched_at.timestamp())
    if due is None or article.text_source == "feed":
        return None
    entry = msgspec.json.encode(as_entry(article))
    return Revisit(article.article_id, due, seen, article.fetched_url, article.feeds[0].url, entry)


def next_due(first_seen: float, ages: Sequence[float], now: float) -> float | None:
    """When an article reaches its next age; None after the last one."""
    return min((first_seen + age for age in ages if first_seen + age > now), default=None)


def as_entry(article: RawArticle) -> Entry:
    """The feed's entry of the article, as far as the record has it."""
    feed = article.feeds[0]
    times = [t for t in (article.published, article.modified) if t and t.source == "feed"]
    updated = [t.at for t in times if t is article.modified or t.detail == "updated"]
    published = [t.at for t in times if t is article.published and t.detail != "updated"]
    return Entry(
        id=feed.entry_id,
        link=article.fetched_url,
        title=feed.title,
        summary=article.summary,
        content_html="",
        authors=article.authors,
        categories=article.feed_categories,
        published=next(iter(published), None),
        updated=next(iter(updated), None),
        fingerprint="",
    )
