"""Words in class names, ids and addresses: markup.toml. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from unicodedata import normalize
from urllib.parse import unquote

import msgspec
from lxml.html import HtmlElement

from connectors.text.alternatives import any_of
from connectors.text.clean import letters

PATH = Path(__file__).with_name("markup.toml")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SLUG = 6
"""Letters of a name in an address, at least."""
_WORD = re.compile(r"[^\W\d_]+")


class MarkupWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lists of markup.toml, described there."""

    neighbours: frozenset[str]
    neighbour_tags: frozenset[str]
    authors: frozenset[str]
    by: frozenset[str]
    about_authors: frozenset[str]
    author_folders: frozenset[str]
    people_folders: frozenset[str]
    tag_folders: frozenset[str]
    events: frozenset[str]
    dates: frozenset[str]
    date_attributes: tuple[str, ...]
    published: frozenset[str]
    changes: frozenset[str]


MARKUP = msgspec.toml.decode(PATH.read_bytes(), type=MarkupWords)
_STEM = re.compile(any_of({word[:4] for word in MARKUP.authors} | {"by"}))
"""Cheaper than splitting all names into words."""


def words_of(element: HtmlElement) -> list[str]:
    """The words in an element's class names and ids."""
    names = (element.get(name) or "" for name in ("class", "id"))
    return words_in(" ".join(names))


def words_in(names: str) -> list[str]:
    """The words in class names: ``postAuthor-name`` has three."""
    return _WORD.findall(_CAMEL.sub(" ", names).lower())


def leads_to_author(address: str, link: HtmlElement) -> bool:
    """Whether the folder of an address is of authors; or of people, ending in the link's text."""
    parts = address.removesuffix("/").rsplit("/", 2)
    folder = parts[-2] if len(parts) == 3 else ""
    if folder not in MARKUP.people_folders:
        return folder in MARKUP.author_folders
    slug = _unaccented(unquote(parts[2].partition("?")[0]))
    return len(slug) >= _SLUG and slug == _unaccented(link.text_content())


def _unaccented(name: str) -> str:
    return letters(normalize("NFKD", name))


@lru_cache(maxsize=4_096)
def names_byline(names: str) -> bool:
    """Whether class names are of a byline, or of an element about an author.

    Cached: most class names are repeated on a page and on a site's pages.
    """
    if not _STEM.search(names.lower()):
        return False
    words = words_in(names)
    return not MARKUP.authors.isdisjoint(words) or any(
        second == "by" and first in MARKUP.by for first, second in pairwise(words)
    )


def is_about_author(names: str) -> bool:
    """Whether class names are of an author's picture, office or description."""
    return not MARKUP.about_authors.isdisjoint(words_in(names))
