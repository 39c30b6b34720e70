"""The three sites of the newsroom: how each addresses, marks up and surrounds its articles."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Literal

import msgspec
from msgspec import Struct


class Comment(Struct, frozen=True):
    author: str
    text: str


class Markup(Struct, frozen=True):
    """How a site writes what repeats on its pages; each a :class:`string.Template`."""

    nav: str
    share: str
    related: str
    comment: str
    paragraph: str
    heading: str
    promo: str
    credit: str


class Site(Struct, frozen=True, kw_only=True):
    """A site as ``sites.toml`` has it. ``metadata`` says which kinds its article pages carry."""

    key: str
    name: str
    language: str
    format: Literal["rss", "atom", "json"]
    feed_path: str
    path: str
    second_path: str
    tracking: str
    metadata: tuple[Literal["json-ld", "json-ld-graph", "opengraph"], ...]
    nav: tuple[str, ...]
    cookie: str
    share: tuple[str, ...]
    newsletter: str
    related_label: str
    comments_label: str
    comments: tuple[Comment, ...]
    footer: str
    markup: Markup

    def furniture(self) -> Iterator[str]:
        """What stands on every article page of the site and belongs to no article."""
        yield from self.nav
        yield from self.share
        yield from (self.cookie, self.newsletter, self.related_label, self.comments_label)
        yield from (comment.text for comment in self.comments)
        yield self.footer


def _load() -> Mapping[str, Site]:
    tables = tomllib.loads(files(__package__).joinpath("sites.toml").read_text("utf-8"))
    return {key: msgspec.convert({"key": key, **table}, Site) for key, table in tables.items()}


SITES = _load()
"""The sites by key: ``meridian``, ``harbour`` and ``northgate``."""
