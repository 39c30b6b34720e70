"""Extract a page's article: text with trafilatura, metadata from our own index. Pure.

Runs in a child process with a deadline: trafilatura takes up to 30 s on a hostile page, and crashes
in threads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from datetime import UTC, datetime
from functools import cache
from typing import Literal, cast

from lxml.html import HtmlElement
from msgspec.structs import asdict
from w3lib.encoding import html_to_unicode

from connectors.extract.access import (
    MOST_BEFORE_A_WALL,
    PageTree,
    ShownText,
    access,
    is_paywalled,
)
from connectors.extract.boilerplate import (
    drop_asides,
    drop_markers,
    drop_unshown,
    keep_openings,
    keep_posts,
)
from connectors.extract.choose_text import FEWEST_WORDS, TextReading, body_lines, choose_text
from connectors.extract.consent import is_consent_wall
from connectors.extract.html_parser import parse_html
from connectors.extract.joiners import has_joiners, hide_joiners, show_joiners
from connectors.extract.links import drop_promotions, flatten_headings
from connectors.extract.main_text import main_text
from connectors.extract.metadata import PageMetadata, page_metadata
from connectors.extract.page_metadata_index import PageIndex
from connectors.extract.teasers import drop_teasers
from connectors.extract.trim import trim_boilerplate
from connectors.text.clean import clean_line
from connectors.text.minhash import Fingerprint, fingerprint
from connectors.text.traces import title_hash
from newsline.outcomes import Access, Reading, ReadingReason
from newsline.records import MAX_TEXT
from newsline.sentence_ends import cut_text, ends_sentence
from newsline.words import count_words

_SNIFFED = 50_000
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|article|main|div|p|h1)\b", re.IGNORECASE
)
_OTHER = re.compile(
    r"\s*(?:%PDF-|.PNG|GIF8|PK\x03\x04|[{\[]"
    r"|(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:rss|feed|rdf:rdf|urlset|sitemapindex|svg)\b)",
    re.IGNORECASE | re.DOTALL,
)


Wall = Literal["paywalled", "consent_wall"]


class NotHtml(Exception):
    """The bytes are not HTML, whatever the response header says."""


class NoText(Exception):
    """The page has no article: no reading of FEWEST_WORDS words."""


class PageContent(PageMetadata, frozen=True, kw_only=True):
    """The article on a page: metadata and text, its paragraphs separated by one newline.

    ``reading``: how the text was read, chosen for the ``reading_reason``. If ``wall`` is set, the
    text is what the page shows in front of it. ``fingerprint``: of the text as cut for a record.
    """

    text: str = ""
    wall: Wall | None = None
    access: Access | None = None
    reading: Reading = "trafilatura"
    reading_reason: ReadingReason = "only"
    fingerprint: Fingerprint | None = None


def extract_page(
    html: bytes,
    url: str,
    charset: str | None,
    content_type: str,
    feed_html: str = "",
    now: datetime | None = None,
) -> PageContent:
    """Extract the article of the page at ``url``. Raises NotHtml, NoText.

    ``charset`` and ``content_type``: from the response header. ``feed_html``: the full content in
    the feed, as another reading of the text. ``now``: later dates are left out; by default, the
    clock's time.
    """
    markup = _decode(html, charset, content_type)
    tree = parse_html(markup)
    if tree is None:
        raise NoText("an empty document")
    index = PageIndex(tree, url)
    metadata = page_metadata(index, now or datetime.now(UTC))
    titles = _title_hashes(tree, metadata)
    visible = _visible_paragraphs(tree, url)
    page = TextReading("trafilatura", "\n".join(trim_boilerplate(visible, titles)))
    bodies = list(_json_ld_texts(index, titles))
    shown = ShownText(visible, page.text, [body.text for body in bodies])
    wall, allowed = _access(index, markup, url, shown)
    if wall:
        return PageContent(text=page.text, wall=wall, access=allowed, **asdict(metadata))
    choice = choose_text(page, [*bodies, *_feed_texts(feed_html)])
    if choice is None:
        raise NoText(f"{count_words(page.text)} words")
    text = choice.reading.text
    if choice.reading.name == "feed":  # its reading was quick, for comparison only
        text = _feed_text(feed_html, url) or text
    return PageContent(
        text=text,
        access=allowed,
        reading=choice.reading.name,
        reading_reason=choice.reason,
        fingerprint=_fingerprint(text),
        **asdict(metadata),
    )


def extract_feed_text(html: str, url: str | None) -> PageContent:
    """The text of an article that a feed has in full as HTML; an empty text if it is too short."""
    text = _feed_text(html, url)
    return PageContent(text=text, reading="feed", fingerprint=_fingerprint(text))


def _fingerprint(text: str) -> Fingerprint | None:
    """That of the text as a record holds it."""
    return fingerprint(cut_text(text, MAX_TEXT)[0])


def _feed_text(html: str, url: str | None) -> str:
    tree = parse_html(f"<html><body><article>{html}</article></body></html>")
    if tree is None:
        return ""
    text = "\n".join(trim_boilerplate(_visible_paragraphs(tree, url), frozenset()))
    return text if count_words(text) >= FEWEST_WORDS else ""


def _access(
    index: PageIndex, markup: str, url: str, shown: ShownText
) -> tuple[Wall | None, Access | None]:
    """The wall in front of the article, and the access to it. Only a page of few words has a wall;
    it is parsed again if its markup may decide."""
    if count_words(" ".join(shown.visible)) >= MOST_BEFORE_A_WALL:
        return None, access(index, None, shown)
    page: PageTree = cache(lambda: cast(HtmlElement, parse_html(markup)))
    if is_paywalled(index, page, shown):
        return "paywalled", "walled"
    if is_consent_wall(index, page, url, shown.visible):
        return "consent_wall", None
    return None, access(index, page, shown)


def _json_ld_texts(index: PageIndex, titles: Set[str]) -> Iterator[TextReading]:
    for body in index.graph.values("articleBody"):
        if isinstance(body, str):
            yield TextReading("json_ld", "\n".join(trim_boilerplate(body_lines(body), titles)))


def _feed_texts(html: str) -> Iterator[TextReading]:
    if html:
        yield TextReading("feed", "\n".join(trim_boilerplate(body_lines(html), frozenset())))


def _decode(html: bytes, charset: str | None, content_type: str) -> str:
    markup = _to_text(html, charset, content_type)
    beginning = markup[:_SNIFFED]
    if _OTHER.match(beginning) or not _HTML.search(beginning):
        raise NotHtml(f"begins with {clean_line(beginning[:40])!r}")
    return markup


def _to_text(html: bytes, charset: str | None, content_type: str) -> str:
    if not html.isascii():
        try:  # valid UTF-8 is UTF-8, though headers often declare ISO-8859-1
            return html.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    mime = content_type.partition(";")[0]
    header = f"{mime}; charset={charset}" if charset else content_type
    try:
        text: str = html_to_unicode(header, html, auto_detect_fun=lambda _: "cp1252")[1]
    except (LookupError, UnicodeError):  # a Python codec that is not a charset: bz2, idna
        return html.decode("cp1252", "replace")
    return text


STEPS: tuple[Callable[[HtmlElement, str | None], None], ...] = (
    keep_openings,
    drop_unshown,
    drop_asides,
    drop_markers,
    keep_posts,
    drop_teasers,
    drop_promotions,
    flatten_headings,
)
"""Rules that change the tree at a URL before its text is read, in their order."""


def _visible_paragraphs(tree: HtmlElement, url: str | None) -> list[str]:
    """The article's paragraphs as shown on the page, including its title. Changes the tree."""
    if joined := has_joiners(tree):
        hide_joiners(tree)
    for step in STEPS:
        step(tree, url)
    return show_joiners(main_text(tree, url)) if joined else main_text(tree, url)


def _title_hashes(tree: HtmlElement, metadata: PageMetadata) -> Set[str]:
    """Hashes of the lines above the text: the titles, and the summary if a heading repeats it."""
    hashes = {title_hash(metadata.title)}
    if (title := next(tree.iter("h1"), None)) is not None:
        hashes.add(title_hash(title.text_content()))
    summary = title_hash(metadata.summary)
    for heading in tree.iter("h2", "h3", "h4"):
        if title_hash(heading.text_content()) == summary and not _begins_text(heading):
            hashes.add(summary)
    return hashes


def _begins_text(heading: HtmlElement) -> bool:
    """True for a whole sentence in one container with the article's paragraphs."""
    paragraphs = heading.itersiblings("p")
    has_more = next(paragraphs, None) is not None and next(paragraphs, None) is not None
    return has_more and ends_sentence(heading.text_content())
