"""Which articles say the same: each one's cluster, and why that one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from connectors.article.revisions import in_cluster_of
from connectors.state import KnownArticle, Lookalike, PublishLock
from connectors.text.minhash import SIMILAR, Fingerprint, similarity
from newsline.records import Nearest, RawArticle

SAME = 0.9
"""From here on two texts have keys enough in common for one to stand for both: of the copies of a
text that thousands of pages show, one a week is kept to find the next by."""


class Placed(NamedTuple):
    """An article in its cluster. ``fingerprint``: what its near-duplicates are to be found by, if
    need be; ``told``: its text is long enough to tell, so that it stays there."""

    article: RawArticle
    fingerprint: Fingerprint | None
    told: bool


class Clusters:
    """Places the articles of a batch, in their order: the state does not know them yet."""

    def __init__(self, lock: PublishLock) -> None:
        self._lock = lock
        self._beside: list[tuple[frozenset[int], Lookalike]] = []

    def place(
        self, article: RawArticle, found: Fingerprint | None, previous: KnownArticle | None
    ) -> Placed:
        """The revision with its cluster: where it is once it is in one, or that of the article
        whose text is most like it, or its own."""
        if previous and previous.cluster_id:
            return Placed(in_cluster_of(previous, article), found, told=True)
        if found is None:
            return Placed(article, None, told=False)
        alike = [*self._lock.lookalikes(found.keys, article.fetched_at), *self._among(found)]
        best = nearest(found, alike)
        keeps = True
        if best:
            other, near = best
            article = msgspec.structs.replace(article, cluster_id=other.cluster_id, nearest=near)
            keeps = near.similarity < SAME or not other.recent
        if keeps:
            self._remember(article, found)
        return Placed(article, found if keeps else None, told=True)

    def _among(self, found: Fingerprint) -> Sequence[Lookalike]:
        return [other for keys, other in self._beside if not keys.isdisjoint(found.keys)]

    def _remember(self, article: RawArticle, found: Fingerprint) -> None:
        own = article.cluster_id or article.article_id
        other = Lookalike(article.article_id, own, found.signature, recent=True)
        self._beside.append((frozenset(found.keys), other))


def nearest(found: Fingerprint, alike: Sequence[Lookalike]) -> tuple[Lookalike, Nearest] | None:
    """The one whose text is most like it, if one is a near-duplicate. Pure."""
    rated = [(similarity(found.signature, other.signature), other) for other in alike]
    share, other = max(rated, key=lambda pair: (pair[0], pair[1].article_id), default=(0.0, None))
    if other is None or share < SIMILAR:
        return None
    return other, Nearest(other.article_id, round(share, 3))
