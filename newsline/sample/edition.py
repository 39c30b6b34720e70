"""What is out at a moment: which revision of a story, at which address, in which feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from string import Template

from msgspec import Struct

from newsline.sample.sites import SITES, Site
from newsline.sample.stories import STORIES, Role, Story


class FeedItem(Struct, frozen=True):
    """A story as one feed lists it."""

    story: Story
    url: str
    entry_id: str


class Edition(Struct, frozen=True, kw_only=True):
    """All that pages and feeds are made from, besides the articles themselves.

    ``origins`` maps a site's key to its ``http://host:port``; ``opened`` is when chapter one began,
    ``second`` when chapter two did, None before that; both in UTC and whole seconds.
    """

    origins: Mapping[str, str]
    opened: datetime
    second: datetime | None = None

    def stories(self) -> tuple[Story, ...]:
        """The current revision of each story that is out, newest first."""
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
        """When the site's feed last changed."""
        return max(self.modified(listing.story) for listing in self.listings(site))

    def feed_url(self, site: Site) -> str:
        return self.origins[site.key] + site.feed_path

    def url(self, story: Story) -> str:
        """The canonical address."""
        if story.role is Role.NOT_HTML:
            return f"{self.origins[story.site]}/files/{story.slug}.pdf"
        return self.origins[story.site] + _filled(SITES[story.site].path, story)

    def second_url(self, story: Story) -> str:
        """Another address of the same page, whose ``rel=canonical`` names the first."""
        return self.origins[story.site] + _filled(SITES[story.site].second_path, story)

    def image_url(self, story: Story) -> str:
        return f"{self.origins[story.site]}/images/{story.image}"

    def listings(self, site: Site) -> tuple[FeedItem, ...]:
        """The entries of the site's feed, newest first."""
        return tuple(self._listings(site))

    def _listings(self, site: Site) -> Iterator[FeedItem]:
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
