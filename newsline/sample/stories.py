"""The sample's stories, read from ``articles/SITE/SLUG.md``.

A file is TOML between two lines of ``+++``, then blocks separated by blank lines: ``## `` starts a
subheading, ``! `` a promotion; all others are paragraphs, in which ``[words](href)`` is a link.
``SLUG.r2.md`` is the second revision of ``SLUG.md``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

import msgspec
from msgspec import Struct

from newsline.sample.sites import SITES

LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


class Role(StrEnum):
    """The special case that a story covers, if any."""

    ORDINARY = "ordinary"
    WIRE = "wire"
    """A near-identical copy is on another site."""
    LATE = "late"
    """It is published when chapter two begins."""
    PAGE_GONE = "page_gone"
    """Its page answers 404, and its feed entry holds the whole text."""
    GONE = "gone"
    """Its page answers 404, and its feed entry holds a title only."""
    NOT_HTML = "not_html"
    """Its URL is a PDF file."""
    NO_TEXT = "no_text"
    """Its page has almost no text."""


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    PROMO = "promo"


class Block(NamedTuple):
    kind: BlockKind
    text: str


class Story(Struct, frozen=True, kw_only=True):
    """One revision of one story.

    ``published``: minutes before the start (for a late story: before chapter two). ``relisted``: a
    site with another feed item of the story, at its second URL. ``full_in_feed``: the feed item has
    the whole text too, if the format allows it.
    """

    site: str
    slug: str
    revision: int
    title: str
    summary: str = ""
    authors: tuple[str, ...] = ()
    published: int
    section: str
    keywords: tuple[str, ...] = ()
    image: str = ""
    caption: str = ""
    credit: str = ""
    language: str = "en"
    role: Role = Role.ORDINARY
    relisted: str | None = None
    full_in_feed: bool = False
    blocks: tuple[Block, ...] = ()

    def texts(self, kind: BlockKind) -> tuple[str, ...]:
        """The visible texts of the blocks of one kind; links are reduced to their words."""
        return tuple(LINK.sub(r"\1", block.text) for block in self.blocks if block.kind is kind)


def expected_text(slug: str, revision: int = 1) -> tuple[str, ...]:
    """The paragraphs of a perfect extraction, in order.

    Subheadings, captions and credit lines are optional in an extracted text. Raises KeyError for an
    unknown revision.
    """
    return _BY_SLUG[slug, revision].texts(BlockKind.PARAGRAPH)


def promotion_lines() -> tuple[str, ...]:
    """The promotions between paragraphs."""
    return tuple(dict.fromkeys(line for story in STORIES for line in story.texts(BlockKind.PROMO)))


def boilerplate() -> tuple[str, ...]:
    """Texts that no extracted text may contain: all sites' boilerplate, and the promotions."""
    return (*(text for site in SITES.values() for text in site.boilerplate()), *promotion_lines())


def _block(text: str) -> Block:
    text = " ".join(text.split())
    if text.startswith("## "):
        return Block(BlockKind.HEADING, text[3:])
    if text.startswith("! "):
        return Block(BlockKind.PROMO, text[2:])
    return Block(BlockKind.PARAGRAPH, text)


def _story(site: str, file: Traversable) -> Story:
    slug, _, revision = file.name.removesuffix(".md").partition(".r")
    _, front, body = file.read_text("utf-8").split("+++\n", maxsplit=2)
    blocks = tuple(_block(text) for text in body.split("\n\n") if text.strip())
    path = {"site": site, "slug": slug, "revision": int(revision or 1)}
    return msgspec.convert({**tomllib.loads(front), **path, "blocks": blocks}, Story)


def _load() -> Iterator[Story]:
    folder = files(__package__).joinpath("articles")
    for site in SITES:
        for file in folder.joinpath(site).iterdir():
            yield _story(site, file)


STORIES = tuple(sorted(_load(), key=lambda story: (story.slug, story.revision)))
"""Every revision of every story, ordered by slug and revision; a slug belongs to one site."""

_BY_SLUG = {(story.slug, story.revision): story for story in STORIES}
