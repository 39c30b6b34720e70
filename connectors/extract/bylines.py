"""Find the article's authors in a page's bylines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import islice

from lxml.html import HtmlElement

from connectors.extract.markup import is_about_author, leads_to_author, names_byline
from connectors.extract.neighbours import Ownership
from connectors.text.byline import is_newsroom, people
from connectors.text.clean import clean_line
from connectors.text.person_name import BY, begins_with_by, is_by, is_credit, is_full
from newsline.given_names import is_given_name

_TAGS = ("a", "span", "div", "p", "li", "h2", "h3", "h4", "h5", "h6", "address", "section")
_MARKED = frozenset(_TAGS)
_INLINE = ("em", "strong", "b", "i", "small", "cite")
"""Tags of elements that may be bylines; the inline ones only by their text."""

_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\b(?:19|20)\d\d\b")
_LONGEST_BYLINE = 150
_LONGEST_BOX = 1_500
_LONGEST_BLOCK = 300
_LONG_PARAGRAPH = 200
_FEW, _MOST = 8, 40
"""Bylines that are looked at if authors are known, and if not: comments may have thousands."""


def byline_elements(elements: Iterable[HtmlElement]) -> list[HtmlElement]:
    """Those of a page's elements that are marked as bylines, by their attributes only."""
    found = []
    for element in elements:  # in one function: a page has thousands
        if element.tag not in _MARKED:
            continue
        get = element.get
        is_named = (names := get("class") or get("id")) and names_byline(names)
        if (
            is_named
            or (get("itemprop") or get("property")) == "author"
            or ((address := get("href")) and _leads_to_author(address, element))
        ):
            found.append(element)
    return found


def _leads_to_author(address: str, link: HtmlElement) -> bool:
    return link.get("rel") == "author" or leads_to_author(address, link)


def _is_declared(element: HtmlElement) -> bool:
    """Whether the element is declared to be an author, or links to a page about one."""
    if element.get("itemprop") == "author":
        return True
    return _leads_to_author(element.get("href") or "", element)


class Bylines:
    """The bylines of a page, in its order, and its own among them."""

    def __init__(self, elements: Sequence[HtmlElement], own: Ownership, site_name: str) -> None:
        self._elements = elements
        self._own = own
        self._site_name = site_name

    def beside(self, named: Set[str]) -> tuple[str, ...]:
        """The people in the article's first byline if all of the named ones are among them."""
        bylines = [(e, text) for e in self._elements[:_FEW] if (text := _text(e))]
        if all(named >= set(self._people(*byline)) for byline in bylines):
            return ()
        found = self._first(bylines) or ()
        return found if named < set(found) else ()

    def authors(self, tree: HtmlElement) -> tuple[str, ...]:
        """The people in the article's first byline and those beside it.

        A byline of the newsroom or an agency ends the search: the article names nobody. Without a
        marked byline, a line that begins with "by" is one.
        """
        found = self._first((e, text) for e in self._elements[:_MOST] if (text := _text(e)))
        if found is None:
            found = self._first((e, text) for e in self._elements[:_MOST] if (text := _box_name(e)))
        if found is None:
            found = self._first((e, text) for e in _begun_with_by(tree) if (text := _text(e)))
        return found or ()

    def texts(self) -> Iterator[str]:
        """The texts of the article's bylines, without their dates."""
        for element in self._elements[:_FEW]:
            text = _text(element)
            if text and not _is_credited(element) and self._own.is_own(element):
                yield next(_before_date(text))

    def _first(self, bylines: Iterable[tuple[HtmlElement, str]]) -> tuple[str, ...] | None:
        block: HtmlElement | None = None
        found: dict[str, None] = {}
        for element, text in bylines:
            if block is not None and not _continues(element, block):
                break
            if _is_credited(element) or not self._own.is_own(element):
                continue
            names = self._people(element, text)
            if (names or is_newsroom(text)) and (block is None or element.getprevious() is block):
                block = _block(element)
            found |= dict.fromkeys(names)
        return None if block is None else people(found)

    def _people(self, element: HtmlElement, text: str) -> list[str]:
        """Single words only of declared authors, or of a given name alone: most others are labels
        or places."""
        names = people(_before_date(text), self._site_name)
        if len(names) == 1 and not is_full(names[0]):
            is_alone = names[0] == BY.sub("", text) and is_given_name(names[0])
            return list(names) if is_alone or _is_declared(element) else []
        return [name for name in names if is_full(name) and not name.islower()]


def _before_date(byline: str) -> Iterator[str]:
    """The parts of a byline before its date."""
    for place, piece in enumerate(byline.split(";")):
        if place and _DATE.search(piece):
            return
        yield piece


def _text(element: HtmlElement) -> str:
    """The element's text with a semicolon between its parts; empty if it is long. The name in a
    ``meta`` of a declared author goes before the text."""
    if element.get("itemprop") == "author" and (name := _declared_name(element)):
        return name
    pieces: list[str] = []
    length = 0
    for text in filter(str.strip, element.itertext()):
        pieces.append(" ".join(text.split()))
        length += len(text)
        if length > _LONGEST_BYLINE:
            return ""
    return "; ".join(_joined(pieces)) if pieces and _may_name(element, pieces[0]) else ""


def _declared_name(author: HtmlElement) -> str:
    """The name in the first ``meta`` for a name within an author."""
    names = (one.get("content") for one in author.iter("meta") if one.get("itemprop") == "name")
    return clean_line(next(filter(None, names), ""))


def _may_name(element: HtmlElement, begin: str) -> bool:
    """False for an element about an author that does not begin with "by"."""
    return begins_with_by(begin) or not is_about_author(element.get("class") or "")


def _joined(pieces: Iterable[str]) -> list[str]:
    """The parts; a "by" or a label is joined with the next one, and the words of a name that have
    an element each."""
    joined: list[str] = []
    for piece in pieces:
        if joined and (_awaits_name(joined[-1]) or _is_word_of_name(joined[-1], piece)):
            joined[-1] = f"{joined[-1]} {piece}"
        else:
            joined.append(piece)
    return joined


def _awaits_name(piece: str) -> bool:
    return piece.endswith((":", "：")) or is_credit(piece) or is_by(piece)


def _is_word_of_name(before: str, piece: str) -> bool:
    """Whether both are single words of a name; the first one perhaps after a "by"."""
    name, (*particles, last) = BY.sub("", before), piece.split()
    is_name = all(word[:1].isupper() for word in (name, last)) and not is_credit(last)
    return is_name and " " not in name and all(map(str.islower, particles))


def _box_name(element: HtmlElement) -> str:
    """The first line of a box about an author."""
    pieces = list(islice((clean_line(text) for text in element.itertext() if text.strip()), 2))
    if not pieces or not _may_name(element, pieces[0]) or len(pieces[0]) > _LONGEST_BYLINE:
        return ""
    return _joined(pieces)[0] if len(element.text_content()) <= _LONGEST_BOX else ""


def _begun_with_by(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Short elements that begin with "by", before the second long paragraph."""
    long_paragraphs = 0
    for element in tree.iter(*_TAGS, *_INLINE):
        text = (element.text or "").strip()
        if len(text) > _LONG_PARAGRAPH and element.tag == "p":
            long_paragraphs += 1
            if long_paragraphs > 1:
                return
        elif text and len(text) <= _LONGEST_BYLINE and begins_with_by(text):
            parent = element.getparent()
            is_alone = is_by(text) and not len(element)
            yield parent if parent is not None and is_alone else element


def _is_credited(element: HtmlElement) -> bool:
    """Whether the text before the element makes it a photographer, a reviewer or the like."""
    before = element.getprevious()
    parent = element.getparent()
    if parent is None:
        return False
    text = (before.tail or before.text_content()) if before is not None else parent.text
    text = clean_line(text or "")
    return len(text) < _LONGEST_BYLINE and is_credit(re.split(r"[.|•;]\s*", text)[-1])


def _continues(byline: HtmlElement, block: HtmlElement) -> bool:
    """Whether a byline is in the block of the one before, or directly after it."""
    return byline is block or byline.getprevious() is block or block in byline.iterancestors()


def _block(element: HtmlElement) -> HtmlElement:
    """The largest short element around a byline."""
    block = element
    for parent in element.iterancestors():
        if parent.tag in ("body", "html") or len(parent.text_content().strip()) > _LONGEST_BLOCK:
            break
        block = parent
    return block
