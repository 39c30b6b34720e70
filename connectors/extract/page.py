"""A page to its article: the text by trafilatura, the metadata by a walk of our own. Pure.

Runs in a child process with a deadline: trafilatura takes half a minute over a hostile page, and
threads crash it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from lxml.html import HtmlElement
from msgspec.structs import asdict
from trafilatura import bare_extraction, load_html
from w3lib.encoding import html_to_unicode

from connectors.extract.access import MOST_BEFORE_A_WALL, Wall, is_consent_wall, is_paywalled
from connectors.extract.boilerplate import drop_asides, drop_markers, keep_posts
from connectors.extract.choose_text import (
    FEWEST_WORDS,
    TextCandidate,
    body_lines,
    choose_text,
    count_words,
)
from connectors.extract.links import drop_lists_of_links, flatten_headings, settle_links
from connectors.extract.metadata import PageMetadata, page_metadata
from connectors.extract.page_metadata_index import PageIndex
from connectors.extract.trim import without_ends
from connectors.text.clean import clean_line, clean_lines
from connectors.text.minhash import Fingerprint, fingerprint
from connectors.text.traces import title_hash
from newsline.outcomes import Reading, ReadingReason
from newsline.records import cut_text

FEW_WORDS = 150
"""Of a text; where trafilatura's first try finds fewer, it may have missed the article."""

LONG_PARAGRAPH = 80
"""In characters; a shorter one is often a caption or a label."""

_SNIFFED = 50_000
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|article|main|div|p|h1)\b", re.IGNORECASE
)
_OTHER = re.compile(
    r"\s*(?:%PDF-|.PNG|GIF8|PK\x03\x04|[{\[]"
    r"|(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:rss|feed|rdf:rdf|urlset|sitemapindex|svg)\b)",
    re.IGNORECASE | re.DOTALL,
)


class NotHtml(Exception):
    """The bytes are not HTML, whatever their header says."""


class NoText(Exception):
    """The page is HTML, and has no article: no reading of FEWEST_WORDS words."""


class PageContent(PageMetadata, frozen=True, kw_only=True):
    """The article of a page: its metadata, and its text in paragraphs parted by one newline; which
    reading of it that is, and why that one. Behind a wall the text is what is shown before it.
    ``fingerprint`` is that of the text as a record holds it.
    """

    text: str = ""
    wall: Wall | None = None
    reading: Reading = "trafilatura"
    reading_reason: ReadingReason = "only"
    fingerprint: Fingerprint | None = None


def extract_page(
    html: bytes, url: str, charset: str | None, content_type: str, feed_html: str = ""
) -> PageContent:
    """The article of the page that was read at ``url``. Raises NotHtml, NoText.

    ``charset`` and ``content_type`` are the response header's; ``feed_html`` is the full content
    that the feed has of it.
    """
    text = _decoded(html, charset, content_type)
    tree = _tree(text)
    if tree is None:
        raise NoText("nothing in it")
    head = PageIndex(tree, url)
    about = page_metadata(head)
    above = _said_above(tree, about)
    shown = _shown(tree, url)
    page = TextCandidate("trafilatura", "\n".join(without_ends(shown, above)))
    if wall := _wall(head, text, url, shown):
        return PageContent(text=page.text, wall=wall, **asdict(about))
    choice = choose_text(page, [*_bodies(head, above), *_content(feed_html)])
    if choice is None:
        raise NoText(f"{count_words(page.text)} words")
    chosen = choice.reading.text
    if choice.reading.name == "feed":  # in earnest: comparing takes no more than its words
        chosen = _fragment(feed_html, url) or chosen
    return PageContent(
        text=chosen,
        reading=choice.reading.name,
        reading_reason=choice.reason,
        fingerprint=fingerprint(cut_text(chosen)[0]),
        **asdict(about),
    )


def _wall(head: PageIndex, text: str, url: str, shown: list[str]) -> Wall | None:
    """What the page stands before. Where little is shown it is parsed again: what is taken out
    before reading may tell."""
    if count_words(" ".join(shown)) >= MOST_BEFORE_A_WALL or (whole := _tree(text)) is None:
        return None
    if is_paywalled(head, whole, shown):
        return "paywalled"
    return "consent_wall" if is_consent_wall(head, whole, url, shown) else None


def _bodies(head: PageIndex, above: Set[str]) -> Iterator[TextCandidate]:
    """The JSON-LD's reading."""
    for body in head.graph.values("articleBody"):
        if isinstance(body, str):
            yield TextCandidate("json_ld", "\n".join(without_ends(body_lines(body), above)))


def _content(html: str) -> Iterator[TextCandidate]:
    """The feed's reading."""
    if html:
        yield TextCandidate("feed", "\n".join(without_ends(body_lines(html), frozenset())))


def extract_feed_text(html: str, url: str | None) -> PageContent:
    """An article at ``url`` that a feed holds in full, as HTML: its text alone, empty if it is too
    short."""
    text = _fragment(html, url)
    return PageContent(text=text, reading="feed", fingerprint=fingerprint(cut_text(text)[0]))


def _fragment(html: str, url: str | None) -> str:
    tree = load_html(f"<html><body><article>{html}</article></body></html>")
    if tree is None:
        return ""
    text = "\n".join(without_ends(_shown(tree, url), frozenset()))
    return text if count_words(text) >= FEWEST_WORDS else ""


def _decoded(html: bytes, charset: str | None, content_type: str) -> str:
    text = _as_text(html, charset, content_type)
    beginning = text[:_SNIFFED]
    if _OTHER.match(beginning) or not _HTML.search(beginning):
        raise NotHtml(f"begins with {clean_line(beginning[:40])!r}")
    return text


def _as_text(html: bytes, charset: str | None, content_type: str) -> str:
    if not html.isascii():
        try:  # what is valid UTF-8 is nothing else, and headers often say ISO-8859-1 of it
            return html.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    mime = content_type.partition(";")[0]
    header = f"{mime}; charset={charset}" if charset else content_type
    try:
        text: str = html_to_unicode(header, html, auto_detect_fun=lambda _: "cp1252")[1]
    except (LookupError, UnicodeError):  # a codec of Python's that is no charset: bz2, idna
        return html.decode("cp1252", "replace")
    return text


def _tree(text: str) -> HtmlElement | None:
    tree: HtmlElement | None = load_html(text)
    return tree


def _shown(tree: HtmlElement, url: str | None) -> list[str]:
    """The paragraphs of the article as they are shown, its title among them."""
    for settle in (drop_asides, drop_markers, keep_posts):
        settle(tree)
    for settle_links_of in (settle_links, drop_lists_of_links, flatten_headings):
        settle_links_of(tree, url)
    return _paragraphs(tree, url)


def _paragraphs(tree: HtmlElement, url: str | None) -> list[str]:
    """What trafilatura reads. Its comparison with two other extractors takes 40 % of its time, and
    of 91 pages changed one: it is made where it may matter."""
    lines = _read(tree, url, fast=True)
    return _read(tree, url, fast=False) if _may_miss(lines, tree) else lines


def _may_miss(lines: list[str], tree: HtmlElement) -> bool:
    """Whether there are few words, or less than half of what the page's paragraphs hold."""
    sizes = (len(paragraph.text_content()) for paragraph in tree.iter("p"))
    held = sum(size for size in sizes if size >= LONG_PARAGRAPH)
    return count_words(" ".join(lines)) < FEW_WORDS or held > 2 * sum(map(len, lines))


def _read(tree: HtmlElement, url: str | None, *, fast: bool) -> list[str]:
    """Without trafilatura's own metadata, which cost 20 %."""
    found = bare_extraction(
        tree,
        url=url,
        fast=fast,
        favor_precision=True,
        include_comments=False,
        with_metadata=False,
    )
    return clean_lines(found.text) if found and found.text else []


def _said_above(tree: HtmlElement, about: PageMetadata) -> Set[str]:
    """The hashes of the titles; and of the summary, where a heading repeats it."""
    above = {title_hash(about.title)}
    if (heading := next(tree.iter("h1"), None)) is not None:
        above.add(title_hash(heading.text_content()))
    summary = title_hash(about.summary)
    if any(title_hash(e.text_content()) == summary for e in tree.iter("h2", "h3", "h4")):
        above.add(summary)
    return above
