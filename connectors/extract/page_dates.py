"""When an article was published and changed, by its page. Pure.

Sources in the order of trust: JSON-LD, meta elements, elements marked as the date of publication, a
date shown beside the title, the only date in an element of its own, the URL, a change shown beside
the title. Elements of teasers, comments and embedded posts are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from connectors.extract.dates_beside_title import (
    dates_beside_title,
    is_change,
    label_before,
    written_date,
)
from connectors.extract.markup import MARKUP, leads_to_author, words_of
from connectors.extract.neighbours import Ownership
from connectors.extract.page_metadata_index import PageIndex
from connectors.text.clean import clean_line
from connectors.text.dates import as_written, has_time, url_date
from newsline.outcomes import TimeDetail
from newsline.records import utc

_PUBLISHED = ("article:published_time", "og:published_time", "parsely-pub-date")
_PUBLISHED_MORE = re.compile(
    r"(?:.*[-_.:])?(?:(?<!last.)(?:publish(?:ed)?|publication|pub)[-_.]?(?:date|time|on|at)?(?:[-_.:](?:gmt|iso))?"
    r"|(?!datepublished)date[-_.]?(?:published|issued)|date[-_.]original|issued|release_date|create_at)"
)
_CREATED = ("date", "dc.date", "dcterms.created", "dcterms.date", "sailthru.date")
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified")
_MARKED = etree.XPath(
    "//@itemprop[contains(., 'datePublished')]/.. | //@property[contains(., 'datePublished')]/.."
    " | //meta[@name = 'datePublished'] | //time[@pubdate or contains(@class, 'publi')"
    " or contains(@class, 'Publi') or contains(@class, 'entry-date')]"
    " | //@property[contains(., 'dc:created') or contains(., 'dateCreated')]/.."
    " | //abbr[contains(@class, 'publi')]"
)
"""Elements marked as the date of publication: microdata, RDFa, microformats."""

_SHORT_TEXTS = etree.XPath(
    "//body//text()[string-length(.) < 100"
    " and (contains(., '20') or contains(., '25') or contains(., '٢٠') or contains(., '۲۰')"
    " or contains(., '۱۴'))"
    " and not(parent::script or parent::style or parent::option)]"
)
"""Those that may have a year."""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CARD = 300
"""Characters of a teaser, at most."""

_DAY = timedelta(days=1)


class FoundTime(NamedTuple):
    """A time in its written zone, and the place where it was found."""

    at: datetime
    where: TimeDetail


class _Source(NamedTuple):
    where: TimeDetail
    written: Iterable[str]


def published(index: PageIndex, own: Ownership, now: datetime) -> FoundTime | None:
    """The time of publication; None if it is not certain.

    A later source adds the time of day to a date alone if it has the same day. Dates after ``now``
    are plans or mistakes.
    """
    found: FoundTime | None = None
    for time in _times(_declared(index, own), index.language, now):
        if has_time(time.at) and (found is None or _is_same_day(time, found)):
            return time
        found = found or time
    return found or next(_times(_shown(index, own), index.language, now), None)


def modified(index: PageIndex, now: datetime) -> FoundTime | None:
    """The time of the last change, with a time of day if a source has one."""
    sources = (
        _Source("json_ld", index.graph.dates("dateModified")),
        _Source("meta", index.all(_MODIFIED)),
    )
    times = list(_times(sources, index.language, now))
    return next((time for time in times if has_time(time.at)), times[0] if times else None)


def _times(sources: Iterable[_Source], language: str, now: datetime) -> Iterator[FoundTime]:
    for where, written in sources:
        for text in written:
            moment = as_written(text, language)
            if moment and utc(moment) <= now + _DAY:  # a zone that is not written may be ahead
                yield FoundTime(moment, where)


def _is_same_day(time: FoundTime, day: FoundTime) -> bool:
    """True for two dates in data too if they differ by the zone."""
    in_data = time.where in ("json_ld", "meta")
    return time.at.date() == day.at.date() or (in_data and abs(time.at - day.at) <= _DAY)


def _declared(index: PageIndex, own: Ownership) -> Iterator[_Source]:
    graph, meta = index.graph, index.meta
    names = [name for name in meta if name not in _PUBLISHED and _PUBLISHED_MORE.fullmatch(name)]
    yield _Source("json_ld", graph.dates("datePublished"))
    yield _Source("meta", index.all((*_PUBLISHED, *names)))
    yield _Source("json_ld", graph.page_dates())
    for element in _MARKED(index.tree):
        if element.tag == "meta" and own.is_own_date(element):
            yield _Source("meta", _written(element))
        elif not is_change(element) and _is_own_away_from_title(element, own):
            yield _Source("time_element", _written(element))
    yield _Source("meta", index.all(_CREATED))


def _shown(index: PageIndex, own: Ownership) -> Iterator[_Source]:
    changes = []
    for where, date in dates_beside_title(index.tree, own, index.language):
        if where == "updated":
            changes.append(date)
        else:
            yield _Source(where, (date,))
    yield _Source("time_element", _only_time(index.tree, own))
    stated = [one for one in _stated_dates(index) if one.date not in changes]
    named = (one for one in stated if one.named is not None)
    yield _Source("text", _only_one(named, own, index.language))
    alone = (one for one in stated if one.date == one.text)
    yield _Source("text", _only_one(alone, own, index.language))
    day = url_date(index.canonical or index.url)
    yield _Source("url", (day.isoformat(),) if day else ())
    yield _Source("updated", changes)


def _written(element: HtmlElement) -> list[str]:
    """The date in an element's attributes and in its text."""
    attributes = [element.get(name) for name in ("datetime", "content", "title")]
    return [text for text in (*attributes, element.text_content()) if text and text.strip()]


def _only_time(tree: HtmlElement, own: Ownership) -> list[str]:
    """The article's only ``<time>``."""
    times = [
        _written(one)
        for one in tree.iter("time")
        if not is_change(one) and _is_own_away_from_title(one, own)
    ]
    return times[0] if times and all(time == times[0] for time in times) else []


class _StatedDate(NamedTuple):
    """A date in a short text; ``named``: the element around it that is named as a date."""

    date: str
    text: str
    element: HtmlElement
    named: HtmlElement | None


def _stated_dates(index: PageIndex) -> Iterator[_StatedDate]:
    """The dates in short texts at the beginning of elements."""
    for node in _SHORT_TEXTS(index.tree):
        text = clean_line(node)
        if node.is_text and (date := written_date(text, index.language)):
            element = node.getparent()
            yield _StatedDate(date, text, element, _named(element))


def _only_one(dates: Iterable[_StatedDate], own: Ownership, language: str) -> list[str]:
    """The date of the article if all that are no change's agree on one."""
    found: dict[datetime | None, str] = {}
    for date, text, element, named in dates:
        around = element if named is None else named
        if not is_change(element, f"{label_before(element)} {text}") and _is_own_away_from_title(
            around, own
        ):
            found.setdefault(as_written(date, language), date)
        if len(found) > 1:
            return []
    return list(found.values())


def _named(element: HtmlElement) -> HtmlElement | None:
    """The element, or the one around it, if it is named as a date."""
    around = (element, *islice(element.iterancestors(), 1))
    return next((one for one in around if not MARKUP.dates.isdisjoint(words_of(one))), None)


def _is_own_away_from_title(element: HtmlElement, own: Ownership) -> bool:
    """Whether an element away from the title is the article's: within the ``article`` or ``main``
    that has the title, outside the site's header and footer, and without a link beside it."""
    heading = own.headings[0] if own.headings else None
    regions = list(heading.iterancestors("article", "main")) if heading is not None else []
    around = list(element.iterancestors())
    if regions and regions[-1] not in around:
        return False
    apart = (one for one in around if one.tag in ("a", "header", "footer"))
    if any(heading is None or heading not in one.iter(*_HEADINGS) for one in apart):
        return False
    return not any(map(_has_link, (element, *around[:2]))) and own.is_own_date(element)


def _has_link(block: HtmlElement) -> bool:
    """Whether a small block has a link to something else than an author or a tag."""
    if len(block.text_content()) > _CARD:
        return False
    links = (one for one in block.iter("a") if not leads_to_author(one.get("href") or "", one))
    return any(MARKUP.tag_folders.isdisjoint((one.get("href") or "").split("/")) for one in links)
