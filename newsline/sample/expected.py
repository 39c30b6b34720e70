"""What an exact run over the newsroom ends with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from newsline.sample.edition import Edition
from newsline.sample.sites import SITES
from newsline.sample.stories import STORIES, Role

NO_ARTICLE = (Role.GONE, Role.NOT_HTML, Role.NO_TEXT)


class Expected(Struct, frozen=True):
    """Counts over both chapters.

    ``entries``: distinct feed entries. ``articles``: distinct articles, the late one included.
    ``updates``: second revisions, so that ``articles + updates`` records are published.
    ``relisted``: entries that are an article already published under another address.
    ``from_feed``: articles whose text only the feed has. ``near_duplicates``: articles that are
    near-identical to another. ``dropped``: entries that give no article, by the role of the story.
    """

    entries: int
    articles: int
    updates: int
    relisted: int
    from_feed: int
    near_duplicates: int
    dropped: Mapping[Role, int]


def expected(edition: Edition) -> Expected:
    """For an edition of chapter two, when all stories are out."""
    stories = edition.stories()
    roles = Counter(story.role for story in stories)
    return Expected(
        entries=sum(len(edition.listings(site)) for site in SITES.values()),
        articles=sum(story.role not in NO_ARTICLE for story in stories),
        updates=sum(story.revision == 2 for story in STORIES),
        relisted=sum(story.relisted is not None for story in stories),
        from_feed=roles[Role.PAGE_GONE],
        near_duplicates=roles[Role.WIRE] // 2,
        dropped={role: roles[role] for role in NO_ARTICLE},
    )
