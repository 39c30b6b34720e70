"""An article as found, before the decision whether it is new. Pure."""

from __future__ import annotations

from typing import NamedTuple

from connectors.text.minhash import Fingerprint
from newsline.outcomes import EntryOutcome
from newsline.records import RawArticle


class Candidate(NamedTuple):
    """An extracted article, built as a first revision."""

    article: RawArticle
    link: str  # canonical URL of the link that led to it
    fingerprint: Fingerprint | None = None  # None: the text is too short to compare
    listed: bool = True  # found through a feed's entry; False: by a revisit
    moved_from: str | None = None  # article_id under which it was published at another URL


def listed_again(known: bool) -> EntryOutcome:
    """The outcome of an entry whose article is published already.

    ``known``: this entry was recorded for the article before.
    """
    return EntryOutcome.UNCHANGED if known else EntryOutcome.DUPLICATE
