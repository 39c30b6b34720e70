"""The sample's three sites: URLs, markup and boilerplate of their pages."""

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
    """A site's markup of repeated elements; each a :class:`string.Template`."""

    nav: str
    share: str
    related: str
    comment: str
    paragraph: str
    heading: str
    promo: str
    credit: str


class Site(Struct, frozen=True, kw_only=True):
    """A site of ``sites.toml``. ``metadata``: the formats on its article pages."""

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

    def boilerplate(self) -> Iterator[str]:
        """The texts on every article page of the site that belong to no article."""
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
