"""What a page says about its article: JSON-LD, OpenGraph and other meta elements, <time>. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from connectors.extract.page_metadata_index import PageIndex
from connectors.extract.titles import best_title
from connectors.text.byline import is_agency, people
from connectors.text.clean import strip_markup
from connectors.text.dates import as_written, has_time
from connectors.text.opt_outs import TOKEN, OptOuts, in_meta
from connectors.text.urls import absolute_url
from newsline.outcomes import TimeDetail

_PUBLISHED = ("article:published_time", "og:published_time", "parsely-pub-date", "datepublished")
_PUBLISHED_MORE = (
    "date",
    "pubdate",
    "dc.date.issued",
    "dc.date",
    "dcterms.created",
    "sailthru.date",
)
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
_AUTHOR = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl")
_SUMMARY = ("og:description", "description", "twitter:description", "dc.description")
_SITE_NAME = ("og:site_name", "application-name", "twitter:app:name:iphone", "dc.publisher")
_SECTION = ("article:section", "parsely-section", "section")
_TAGS = ("article:tag", "parsely-tags", "news_keywords", "sailthru.tags")
_LANGUAGE = re.compile(r"\s*([a-zA-Z]{2,3})(?:[-_]|\s*$)")
_LABEL = re.compile(r"^@|_")
"""In keywords that are for machines: ``@post-id:1913719``, ``type_news``."""
_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\b(?:19|20)\d\d\b")
_NO_SECTION = {"all", "article", "articles", "post", "posts", "uncategorized", "uncategorised"}


class PageMetadata(Struct, frozen=True, kw_only=True):
    """As the page has it, cleaned, but not yet within the limits of a record.

    ``canonical_url`` and ``image_url`` are absolute http(s) URLs; times are in the zones in which
    they are written; ``authors`` are people; ``published_in`` and ``modified_in`` say where the
    times stand; ``declared_language`` is a BCP 47 primary subtag; ``reserved`` are the opt-outs.
    """

    canonical_url: str | None = None
    title: str = ""
    authors: tuple[str, ...] = ()
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


def page_metadata(head: PageIndex) -> PageMetadata:
    """The metadata of a page."""
    graph = head.graph
    published, modified = _published(head), _modified(head)
    site_name = head.first("og:site_name") or graph.text("publisher") or head.first(*_SITE_NAME)
    return PageMetadata(
        canonical_url=head.canonical,
        title=_title(head, site_name),
        authors=_authors(head, site_name),
        published=published and published.at,
        published_in=published and published.where,
        modified=modified and modified.at,
        modified_in=modified and modified.where,
        declared_language=_language(head),
        section=_section(head),
        keywords=_keywords(head),
        image_url=_image(head),
        site_name=strip_markup(site_name),
        summary=strip_markup(head.first(*_SUMMARY) or graph.text("description")),
        reserved=in_meta(
            head.all(("robots", TOKEN)), head.first("tdm-reservation"), head.first("tdm-policy")
        ),
    )


def _title(head: PageIndex, site_name: str) -> str:
    return best_title((head.graph.text("headline"), *head.titles()), site_name)


def _authors(head: PageIndex, site_name: str) -> tuple[str, ...]:
    """From the first of the sources that names somebody; the byline, if it names them and more."""
    objects = people(head.graph.authors(), site_name, one_each=True)
    in_graph = dict.fromkeys((*objects, *people(head.graph.signatures(), site_name)))
    said = tuple(in_graph) or people(head.all(_AUTHOR), site_name)
    signed = _signed(head.bylines, site_name)
    return signed if not said or set(said) < set(signed) else said


def _signed(bylines: Iterable[str], site_name: str) -> tuple[str, ...]:
    """The people in the first byline that names any, before an agency's: what comes after it is
    another story's. A single word there is more often a label or a place."""
    for byline in bylines:
        names = tuple(name for name in people(_names_in(byline), site_name) if " " in name)
        if names or is_agency(byline):
            return names
    return ()


def _names_in(byline: str) -> Iterator[str]:
    """The pieces of a byline up to its date."""
    for place, piece in enumerate(byline.split(";")):
        if place and _DATE.search(piece):
            return
        yield piece


class _Said(NamedTuple):
    at: datetime
    where: TimeDetail


def _published(head: PageIndex) -> _Said | None:
    marked = [at for kind, at in head.times if "publish" in kind or "entry-date" in kind]
    only = [head.times[0][1]] if len(set(head.times)) == 1 else []
    return _first_time(
        ("json_ld", head.graph.texts("datePublished")),
        ("meta", head.all(_PUBLISHED)),
        ("time_element", marked),
        ("meta", head.all(_PUBLISHED_MORE)),
        ("time_element", only),
    )


def _modified(head: PageIndex) -> _Said | None:
    return _first_time(("json_ld", head.graph.texts("dateModified")), ("meta", head.all(_MODIFIED)))


def _first_time(*written: tuple[TimeDetail, Iterable[str]]) -> _Said | None:
    """The first with a time of day, else the first."""
    said = [
        _Said(moment, where)
        for where, texts in written
        for text in texts
        if (moment := as_written(text))
    ]
    return next((one for one in said if has_time(one.at)), said[0] if said else None)


def _language(head: PageIndex) -> str | None:
    said = (head.graph.text("inLanguage"), head.language, head.first("og:locale"))
    matches = (_LANGUAGE.match(text) for text in said)
    return next((match[1].lower() for match in matches if match), None)


def _section(head: PageIndex) -> str:
    said = (*head.graph.texts("articleSection"), *head.all(_SECTION))
    return next((name for name in said if name.casefold() not in _NO_SECTION), "")


def _keywords(head: PageIndex) -> tuple[str, ...]:
    lists = [*head.graph.texts("keywords"), *head.all(_TAGS)] or head.all(("keywords",))
    words = (word.strip() for text in lists for word in re.split(r"[,;]", strip_markup(text)))
    distinct: dict[str, str] = {}
    for word in words:
        if word and not _LABEL.search(word):
            distinct.setdefault(word.casefold(), word)
    return tuple(distinct.values())


def _image(head: PageIndex) -> str | None:
    images = (_image_of(value) for value in head.graph.values("image"))
    said = (head.first("og:image", "og:image:url", "twitter:image"), *images)
    return next((link for text in said if text and (link := absolute_url(text, head.base))), None)


def _image_of(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("url") or value.get("contentUrl") or value.get("@id")
    return value if isinstance(value, str) else ""
