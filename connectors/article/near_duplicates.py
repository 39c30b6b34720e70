"""Near-duplicates: the cluster of each article, and the article that decided it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from connectors.article.revisions import with_cluster_of
from connectors.state import KnownArticle, Lookalike, PublishLock
from connectors.text.minhash import SIMILAR, Fingerprint, similarity
from newsline.records import Nearest, RawArticle

SAME = 0.9
"""Similarity from which one of two texts is enough in the index: of a text that thousands of pages
copy, one a week is kept."""


class ClusteredArticle(NamedTuple):
    """An article with its cluster."""

    article: RawArticle
    fingerprint: Fingerprint | None  # to be indexed; None: too short, or a copy is indexed already
    settled: bool  # the text is long enough to compare, so the cluster is final


class Clusters:
    """Finds the clusters of a batch's articles, in order: the state does not know the batch yet."""

    def __init__(self, lock: PublishLock) -> None:
        self._lock = lock
        self._batch: list[tuple[frozenset[int], Lookalike]] = []

    def place(
        self, article: RawArticle, found: Fingerprint | None, previous: KnownArticle | None
    ) -> ClusteredArticle:
        """The revision with its cluster: the previous revision's, else that of the most similar
        article, else its own."""
        if previous and previous.cluster_id:
            return ClusteredArticle(with_cluster_of(previous, article), found, settled=True)
        if found is None:
            return ClusteredArticle(article, None, settled=False)
        alike = [*self._lock.lookalikes(found.keys, article.fetched_at), *self._in_batch(found)]
        best = nearest(found, alike)
        keeps = True
        if best:
            other, near = best
            article = msgspec.structs.replace(article, cluster_id=other.cluster_id, nearest=near)
            keeps = near.similarity < SAME or not other.recent
        if keeps:
            self._remember(article, found)
        return ClusteredArticle(article, found if keeps else None, settled=True)

    def _in_batch(self, found: Fingerprint) -> Sequence[Lookalike]:
        return [other for keys, other in self._batch if not keys.isdisjoint(found.keys)]

    def _remember(self, article: RawArticle, found: Fingerprint) -> None:
        own = article.cluster_id or article.article_id
        other = Lookalike(article.article_id, own, found.signature, recent=True)
        self._batch.append((frozenset(found.keys), other))


def nearest(found: Fingerprint, alike: Sequence[Lookalike]) -> tuple[Lookalike, Nearest] | None:
    """The most similar near-duplicate; None if there is none. Pure."""
    rated = [(similarity(found.signature, other.signature), other) for other in alike]
    share, other = max(rated, key=lambda pair: (pair[0], pair[1].article_id), default=(0.0, None))
    if other is None or share < SIMILAR:
        return None
    return other, Nearest(other.article_id, round(share, 3))
