"""What a page says about its article: JSON-LD, OpenGraph and other meta elements, <time>. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from lxml.html import HtmlElement
from msgspec import Struct

from connectors.byline import people
from connectors.dates import parse_time
from connectors.extract.head import Head
from connectors.extract.titles import best_title
from connectors.identity import canonical_url, same_site
from connectors.parse.parsed import web_link
from connectors.text import plain

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
_NO_SECTION = {"all", "article", "articles", "post", "posts", "uncategorized", "uncategorised"}


class Metadata(Struct, frozen=True, kw_only=True):
    """As the page has it, cleaned, but not yet within the limits of a record.

    ``canonical_url`` and ``image_url`` are absolute http(s) URLs; times are in UTC; ``authors`` are
    people; ``declared_language`` is a BCP 47 primary subtag.
    """

    canonical_url: str | None = None
    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    declared_language: str | None = None
    section: str = ""
    keywords: tuple[str, ...] = ()
    image_url: str | None = None
    site_name: str = ""
    summary: str = ""


def metadata(tree: HtmlElement, url: str) -> Metadata:
    """The metadata of the page that was read at ``url``."""
    head = Head(tree)
    graph = head.graph
    site_name = head.first("og:site_name") or graph.text("publisher") or head.first(*_SITE_NAME)
    return Metadata(
        canonical_url=_canonical(head, url),
        title=_title(head, site_name),
        authors=_authors(head, site_name),
        published=_published(head),
        modified=_first_time([*graph.texts("dateModified"), *head.all(_MODIFIED)]),
        declared_language=_language(head),
        section=_section(head),
        keywords=_keywords(head),
        image_url=_image(head, url),
        site_name=plain(site_name),
        summary=plain(head.first(*_SUMMARY) or graph.text("description")),
    )


def _canonical(head: Head, url: str) -> str | None:
    """The page's own address, on the same site; a site's front page is no article's."""
    for written in (head.links.get("canonical", ""), head.first("og:url")):
        address = web_link(written, url) if written else None
        if address and same_site(address, url):
            parts = urlsplit(address)
            if parts.path.strip("/") or parts.query:
                return canonical_url(address)
    return None


def _title(head: Head, site_name: str) -> str:
    heading = head.headings[0] if len(head.headings) == 1 else ""
    said = (head.graph.text("headline"), head.first("og:title"), heading, head.title)
    return best_title(said, site_name)


def _authors(head: Head, site_name: str) -> tuple[str, ...]:
    """From the first of the sources that names somebody."""
    named = head.all(_AUTHOR)
    said = next(filter(None, (people(n, site_name) for n in (head.graph.authors(), named))), ())
    return said or next(filter(None, (_signed(text, site_name) for text in head.bylines)), ())


def _signed(byline: str, site_name: str) -> tuple[str, ...]:
    """The people in a byline; a single word there is more often a label or a place."""
    return tuple(name for name in people([byline], site_name) if " " in name)


def _published(head: Head) -> datetime | None:
    marked = [at for kind, at in head.times if "publish" in kind or "entry-date" in kind]
    said = [*head.graph.texts("datePublished"), *head.all(_PUBLISHED), *marked]
    only = [head.times[0][1]] if len(set(head.times)) == 1 else []
    return _first_time([*said, *head.all(_PUBLISHED_MORE), *only])


def _first_time(written: Iterable[str]) -> datetime | None:
    """The first with a time of day, else the first."""
    moments = [moment for text in written if (moment := parse_time(text))]
    return next((m for m in moments if has_time(m)), moments[0] if moments else None)


def has_time(moment: datetime) -> bool:
    """Whether it says more than a date: midnight in UTC is taken for a date alone."""
    return (moment.hour, moment.minute, moment.second) != (0, 0, 0)


def _language(head: Head) -> str | None:
    said = (head.graph.text("inLanguage"), head.language, head.first("og:locale"))
    matches = (_LANGUAGE.match(text) for text in said)
    return next((match[1].lower() for match in matches if match), None)


def _section(head: Head) -> str:
    said = (*head.graph.texts("articleSection"), *head.all(_SECTION))
    return next((name for name in said if name.casefold() not in _NO_SECTION), "")


def _keywords(head: Head) -> tuple[str, ...]:
    lists = [*head.graph.texts("keywords"), *head.all(_TAGS)] or head.all(("keywords",))
    words = (word.strip() for text in lists for word in re.split(r"[,;]", plain(text)))
    distinct: dict[str, str] = {}
    for word in words:
        if word and not _LABEL.search(word):
            distinct.setdefault(word.casefold(), word)
    return tuple(distinct.values())


def _image(head: Head, url: str) -> str | None:
    images = (_image_of(value) for value in head.graph.values("image"))
    said = (head.first("og:image", "og:image:url", "twitter:image"), *images)
    return next((link for text in said if text and (link := web_link(text, url))), None)


def _image_of(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("url") or value.get("contentUrl") or value.get("@id")
    return value if isinstance(value, str) else ""
