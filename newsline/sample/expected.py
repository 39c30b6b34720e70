"""The exact counts at the end of a run over the sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from newsline.sample.edition import Edition
from newsline.sample.sites import SITES
from newsline.sample.stories import STORIES, Role

NO_ARTICLE = (Role.GONE, Role.NOT_HTML, Role.NO_TEXT)


class ExpectedCounts(Struct, frozen=True):
    """Counts over both chapters.

    ``entries``: distinct feed entries. ``articles``: distinct articles, including the late one.
    ``updates``: second revisions; ``articles + updates`` records are published. ``relisted``:
    entries of an article already published under another URL. ``from_feed``: articles with a text
    in the feed only. ``near_duplicates``: articles nearly identical to another one. ``dropped``:
    entries without an article, by the story's role.
    """

    entries: int
    articles: int
    updates: int
    relisted: int
    from_feed: int
    near_duplicates: int
    dropped: Mapping[Role, int]


def expected_counts(edition: Edition) -> ExpectedCounts:
    """The counts for an edition of chapter two, with all stories published."""
    stories = edition.stories()
    roles = Counter(story.role for story in stories)
    return ExpectedCounts(
        entries=sum(len(edition.items(site)) for site in SITES.values()),
        articles=sum(story.role not in NO_ARTICLE for story in stories),
        updates=sum(story.revision == 2 for story in STORIES),
        relisted=sum(story.relisted is not None for story in stories),
        from_feed=roles[Role.PAGE_GONE],
        near_duplicates=roles[Role.WIRE] // 2,
        dropped={role: roles[role] for role in NO_ARTICLE},
    )
