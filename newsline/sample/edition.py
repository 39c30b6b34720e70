"""The state of the sample at a moment: current revisions, their URLs, and the items of feeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from string import Template

from msgspec import Struct

from newsline.sample.sites import SITES, Site
from newsline.sample.stories import STORIES, Role, Story


class FeedItem(Struct, frozen=True):
    """A story as an item of one feed."""

    story: Story
    url: str
    entry_id: str


class Edition(Struct, frozen=True, kw_only=True):
    """The input of pages and feeds, besides the stories themselves.

    ``origins``: ``http://host:port`` by site key. ``opened``: the start of chapter one; ``second``:
    the start of chapter two, None before it; both in UTC and whole seconds.
    """

    origins: Mapping[str, str]
    opened: datetime
    second: datetime | None = None

    def stories(self) -> tuple[Story, ...]:
        """The current revision of each published story, newest first."""
        chapter = 2 if self.second else 1
        out = (
            story
            for story in STORIES
            if story.revision <= chapter and (chapter == 2 or story.role is not Role.LATE)
        )
        current = {story.slug: story for story in out}
        return tuple(sorted(current.values(), key=self.published, reverse=True))

    def published(self, story: Story) -> datetime:
        late = self.second if story.role is Role.LATE else None
        return (late or self.opened) - timedelta(minutes=story.published)

    def modified(self, story: Story) -> datetime:
        revised = self.second if story.revision == 2 else None
        return revised or self.published(story)

    def updated(self, site: Site) -> datetime:
        """Time of the last change of the site's feed."""
        return max(self.modified(item.story) for item in self.items(site))

    def feed_url(self, site: Site) -> str:
        return self.origins[site.key] + site.feed_path

    def url(self, story: Story) -> str:
        """The canonical URL."""
        if story.role is Role.NOT_HTML:
            return f"{self.origins[story.site]}/files/{story.slug}.pdf"
        return self.origins[story.site] + _filled(SITES[story.site].path, story)

    def second_url(self, story: Story) -> str:
        """A second URL of the same page; its ``rel=canonical`` is :meth:`url`."""
        return self.origins[story.site] + _filled(SITES[story.site].second_path, story)

    def image_url(self, story: Story) -> str:
        return f"{self.origins[story.site]}/images/{story.image}"

    def items(self, site: Site) -> tuple[FeedItem, ...]:
        """The items of the site's feed, newest first."""
        return tuple(self._items(site))

    def _items(self, site: Site) -> Iterator[FeedItem]:
        for story in self.stories():
            if story.site == site.key:
                tracking = f"?{site.tracking}" if site.tracking else ""
                yield FeedItem(story, self.url(story) + tracking, _entry_id(story))
            if story.relisted == site.key:
                yield FeedItem(story, self.second_url(story), f"{_entry_id(story)}:relisted")


def _filled(path: str, story: Story) -> str:
    return Template(path).substitute(section=story.section, slug=story.slug)


def _entry_id(story: Story) -> str:
    return f"tag:{story.site}.example,2026:{story.slug}"
