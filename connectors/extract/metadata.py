"""An article's metadata from JSON-LD, OpenGraph, other meta elements and ``<time>``. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import chain

from msgspec import Struct

from connectors.extract import page_dates
from connectors.extract.bylines import Bylines
from connectors.extract.neighbours import Ownership
from connectors.extract.page_metadata_index import PageIndex
from connectors.extract.titles import best_title, host_of
from connectors.text.byline import organisation, people
from connectors.text.clean import strip_markup
from connectors.text.opt_outs import TOKEN, OptOuts, in_meta
from connectors.text.person_name import is_by
from connectors.text.urls import absolute_url
from newsline.outcomes import TimeDetail

_AUTHOR = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "byl",
    "citation_author",
    "dcterms.creator",
    "mediator_author",
    "article:author_name",
    "author_name",
)
_SUMMARY = ("og:description", "description", "twitter:description", "dc.description")
_SITE_NAME = ("og:site_name", "application-name", "twitter:app:name:iphone", "dc.publisher")
_SECTION = ("article:section", "parsely-section", "section")
_TAGS = ("article:tag", "parsely-tags", "news_keywords", "sailthru.tags")
_LANGUAGE = re.compile(r"\s*([a-zA-Z]{2,3})(?:[-_]|\s*$)")
_LABEL = re.compile(r"^@|_")
"""In keywords for machines: ``@post-id:1913719``, ``type_news``."""
_NO_SECTION = {"all", "article", "articles", "post", "posts", "uncategorized", "uncategorised"}


class PageMetadata(Struct, frozen=True, kw_only=True):
    """Cleaned, but not yet cut to the limits of a record.

    ``canonical_url`` and ``image_url``: absolute http(s) URLs. Times keep their written zone;
    ``published_in`` and ``modified_in``: where they were found. ``authors``: people only;
    ``credited``: the organisation, department or login in their place.
    ``declared_language``: a BCP 47 primary subtag. ``reserved``: the opt-outs.
    """

    canonical_url: str | None = None
    title: str = ""
    authors: tuple[str, ...] = ()
    credited: str = ""
    published: datetime | None = None
    published_in: TimeDetail | None = None
    modified: datetime | None = None
    modified_in: TimeDetail | None = None
    declared_language: str | None = None
    section: str = ""
    keywords: tuple[str, ...] = ()
    image_url: str | None = None
    site_name: str = ""
    summary: str = ""
    reserved: OptOuts = OptOuts()


def page_metadata(index: PageIndex, now: datetime) -> PageMetadata:
    """The article's metadata from a page index. ``now``: later dates are left out."""
    graph = index.graph
    own = Ownership(index.tree, (index.graph.text("headline"), *index.titles()))
    published, modified = page_dates.published(index, own, now), page_dates.modified(index, now)
    site_name = index.first("og:site_name") or graph.text("publisher") or index.first(*_SITE_NAME)
    bylines = Bylines(index.bylines, own, site_name)
    authors = _authors(index, bylines, site_name)
    return PageMetadata(
        canonical_url=index.canonical,
        title=_title(index, site_name),
        authors=authors,
        credited="" if authors else _credited(index, bylines),
        published=published and published.at,
        published_in=published and published.where,
        modified=modified and modified.at,
        modified_in=modified and modified.where,
        declared_language=_language(index),
        section=_section(index),
        keywords=_keywords(index),
        image_url=_image(index),
        site_name=strip_markup(site_name),
        summary=strip_markup(index.first(*_SUMMARY) or graph.text("description")),
        reserved=in_meta(
            index.all(("robots", TOKEN)), index.first("tdm-reservation"), index.first("tdm-policy")
        ),
    )


def _title(index: PageIndex, site_name: str) -> str:
    declared = (index.graph.text("headline"), index.first("og:title"), index.title)
    return best_title(declared, site_name, index.headings, host_of(index.base))


def _authors(index: PageIndex, bylines: Bylines, site_name: str) -> tuple[str, ...]:
    """The authors of the first source with any. A byline wins if it has all of them and more."""
    objects = people(index.graph.authors(), site_name, one_each=True)
    in_graph = dict.fromkeys((*objects, *people(index.graph.signatures(), site_name)))
    named = tuple(in_graph) or people(_in_meta(index), site_name)
    return (bylines.beside(set(named)) or named) if named else bylines.authors(index.tree)


def _credited(index: PageIndex, bylines: Bylines) -> str:
    """What a page without a person as author names in its place; empty without any. A login only
    if a byline shows it."""
    graph = index.graph
    fields = (*graph.authors(), *graph.organisations(), *graph.signatures(), *_in_meta(index))
    declared = (name for name in map(organisation, fields) if " " in name or not name.islower())
    return next(filter(None, chain(declared, map(organisation, bylines.texts()))), "")


def _in_meta(index: PageIndex) -> list[str]:
    """The authors in meta elements; WordPress has one in a label for Twitter."""
    labelled = [
        name
        for number in "12"
        for name in index.all((f"twitter:data{number}",))
        if is_by(index.first(f"twitter:label{number}"))
    ]
    return [*index.all(_AUTHOR), *labelled]


def _language(index: PageIndex) -> str | None:
    declared = (index.graph.text("inLanguage"), index.language, index.first("og:locale"))
    matches = (_LANGUAGE.match(text) for text in declared)
    return next((match[1].lower() for match in matches if match), None)


def _section(index: PageIndex) -> str:
    sections = (*index.graph.texts("articleSection"), *index.all(_SECTION))
    return next((name for name in sections if name.casefold() not in _NO_SECTION), "")


def _keywords(index: PageIndex) -> tuple[str, ...]:
    lists = [*index.graph.texts("keywords"), *index.all(_TAGS)] or index.all(("keywords",))
    words = (word.strip() for text in lists for word in re.split(r"[,;]", strip_markup(text)))
    distinct: dict[str, str] = {}
    for word in words:
        if word and not _LABEL.search(word):
            distinct.setdefault(word.casefold(), word)
    return tuple(distinct.values())


def _image(index: PageIndex) -> str | None:
    images = (_image_of(value) for value in index.graph.values("image"))
    links = (index.first("og:image", "og:image:url", "twitter:image"), *images)
    return next((link for text in links if text and (link := absolute_url(text, index.base))), None)


def _image_of(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("url") or value.get("contentUrl") or value.get("@id")
    return value if isinstance(value, str) else ""
