"""Revisions: an article as found, compared with the revision that is known. Pure."""

from __future__ import annotations

import msgspec

from connectors.state import KnownArticle
from connectors.text.traces import changes, revision_reason, traces
from newsline.outcomes import RevisionReason
from newsline.records import Nearest, RawArticle, Time, article_id

NO_REVISION = frozenset({RevisionReason.IDENTICAL, RevisionReason.COSMETIC})


def next_revision(
    previous: KnownArticle, found: RawArticle, *, moved: bool = False
) -> RawArticle | None:
    """The revision to publish, so far with one feed and in its own cluster; None if nothing is new.

    A feed's text never replaces the page's text when the page could not be read. ``moved``: another
    URL than that of the previous revision is new.
    """
    now = traces(found.title, found.text)
    reason = revision_reason(previous.traces, now)
    feed_only = found.text_source == "feed" and found.page_outcome != "ok"
    worse = feed_only and previous.text_source == "page"
    elsewhere = not previous.is_at(article_id(found.url))
    if worse or (reason in NO_REVISION and not (moved and elsewhere)):
        return None
    undated = found.published.source == "first_seen"
    return msgspec.structs.replace(
        found,
        article_id=previous.article_id,
        cluster_id=previous.article_id,
        revision=previous.revision + 1,
        changed=(*changes(previous.traces, now), *(("url",) if elsewhere else ())),
        revision_reason=(RevisionReason.MOVED if reason in NO_REVISION else reason).value,
        first_seen=previous.first_seen,
        published=Time(previous.first_seen, "first_seen") if undated else found.published,
    )


def with_cluster_of(previous: KnownArticle, article: RawArticle) -> RawArticle:
    """The revision with the cluster of the previous one."""
    if previous.nearest is None or previous.similarity is None:
        nearest = None
    else:
        nearest = Nearest(previous.nearest, previous.similarity)
    return msgspec.structs.replace(article, cluster_id=previous.cluster_id, nearest=nearest)


def known_article(article: RawArticle, *, settled: bool) -> KnownArticle:
    """The state's record of a revision; ``settled``: its cluster is final."""
    marks = traces(article.title, article.text)
    nearest, address = article.nearest, article_id(article.url)
    return KnownArticle(
        article.article_id,
        article.revision,
        text_source=article.text_source,
        first_seen=article.first_seen,
        fetched_at=article.fetched_at,
        reason=article.revision_reason or ("first" if article.revision == 1 else "unknown"),
        feed_url=article.feeds[0].url,
        address=None if address == article.article_id else address,
        cluster_id=article.cluster_id if settled else None,
        nearest=nearest.article_id if nearest else None,
        similarity=nearest.similarity if nearest else None,
        **marks._asdict(),
    )
