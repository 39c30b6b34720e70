"""What was found of an article against what is known of it: a revision, or nothing new. Pure."""

from __future__ import annotations

import msgspec

from connectors.state import KnownArticle
from connectors.text.traces import changes, revision_reason, traces
from newsline.outcomes import RevisionReason
from newsline.records import Nearest, RawArticle, Time

NO_REVISION = frozenset({RevisionReason.IDENTICAL, RevisionReason.COSMETIC})


def following(previous: KnownArticle | None, found: RawArticle) -> RawArticle | None:
    """The revision to publish, as yet with the feed alone that brought it and in no cluster but its
    own; None where there is nothing new."""
    if previous is None:
        return found
    now = traces(found.title, found.text)
    reason = revision_reason(previous.traces, now)
    part = found.text_source == "feed" and found.page_outcome != "ok"
    worse = part and previous.text_source == "page"
    if reason in NO_REVISION or worse:
        return None
    undated = found.published.source == "first_seen"
    return msgspec.structs.replace(
        found,
        revision=previous.revision + 1,
        changed=changes(previous.traces, now),
        revision_reason=reason.value,
        first_seen=previous.first_seen,
        published=Time(previous.first_seen, "first_seen") if undated else found.published,
    )


def in_cluster_of(previous: KnownArticle, article: RawArticle) -> RawArticle:
    """The revision in the cluster of the one before."""
    if previous.nearest is None or previous.similarity is None:
        nearest = None
    else:
        nearest = Nearest(previous.nearest, previous.similarity)
    return msgspec.structs.replace(article, cluster_id=previous.cluster_id, nearest=nearest)


def known(article: RawArticle, *, placed: bool) -> KnownArticle:
    """What the state keeps of a revision; ``placed``: its text has told in which cluster it is."""
    marks = traces(article.title, article.text)
    nearest = article.nearest
    return KnownArticle(
        article.article_id,
        article.revision,
        text_source=article.text_source,
        first_seen=article.first_seen,
        fetched_at=article.fetched_at,
        reason=article.revision_reason or ("first" if article.revision == 1 else "unknown"),
        feed_url=article.feeds[0].url,
        cluster_id=article.cluster_id if placed else None,
        nearest=nearest.article_id if nearest else None,
        similarity=nearest.similarity if nearest else None,
        **marks._asdict(),
    )
