"""A page to its article: the text by trafilatura, the metadata by a walk of our own. Pure.

Runs in a child process with a deadline: trafilatura takes half a minute over a hostile page, and
threads crash it.
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement
from msgspec.structs import asdict
from trafilatura import bare_extraction, load_html
from w3lib.encoding import html_to_unicode

from connectors.extract.metadata import Metadata, metadata
from connectors.identity import title_hash
from connectors.text import line, paragraphs

FEWEST_WORDS = 25
"""Of a text; what is shorter is a notice, such as that a page has moved."""

_SNIFFED = 50_000
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|article|main|div|p|h1)\b", re.IGNORECASE
)
_OTHER = re.compile(
    r"\s*(?:%PDF-|.PNG|GIF8|PK\x03\x04|[{\[]"
    r"|(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*<(?:rss|feed|rdf:rdf|urlset|sitemapindex|svg)\b)",
    re.IGNORECASE | re.DOTALL,
)
_BLOCKS = {"p", "div", "li", "td", "section", "aside", "figure", "h2", "h3", "h4", "h5", "h6"}


class NotHtml(Exception):
    """The bytes are not HTML, whatever their header says."""


class NoText(Exception):
    """The page is HTML, and has no article: fewer than FEWEST_WORDS words."""


class Extracted(Metadata, frozen=True, kw_only=True):
    """The article of a page: its metadata, and its text in paragraphs parted by one newline."""

    text: str = ""


def extract(html: bytes, url: str, charset: str | None, content_type: str) -> Extracted:
    """The article of the page that was read at ``url``. Raises NotHtml, NoText.

    ``charset`` and ``content_type`` are the response header's.
    """
    tree = _tree(_decoded(html, charset, content_type))
    if tree is None:
        raise NoText("nothing in it")
    about = metadata(tree, url)
    _drop_promotion(tree)
    lines = _lines(tree, url)
    titles = {title_hash(about.title), _heading(tree)}
    while lines and title_hash(lines[0]) in titles:
        del lines[0]
    if _words(lines) < FEWEST_WORDS:
        raise NoText(f"{_words(lines)} words")
    return Extracted(text="\n".join(lines), **asdict(about))


def extract_fragment(html: str) -> str:
    """The text of an article that a feed holds in full, as HTML; nothing if it is too short."""
    tree = load_html(f"<html><body><article>{html}</article></body></html>")
    if tree is None:
        return ""
    _drop_promotion(tree)
    lines = _lines(tree, None)
    return "\n".join(lines) if _words(lines) >= FEWEST_WORDS else ""


def _decoded(html: bytes, charset: str | None, content_type: str) -> str:
    text = _as_text(html, charset, content_type)
    beginning = text[:_SNIFFED]
    if _OTHER.match(beginning) or not _HTML.search(beginning):
        raise NotHtml(f"begins with {line(beginning[:40])!r}")
    return text


def _as_text(html: bytes, charset: str | None, content_type: str) -> str:
    if not html.isascii():
        try:  # what is valid UTF-8 is nothing else, and headers often say ISO-8859-1 of it
            return html.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    mime = content_type.partition(";")[0]
    header = f"{mime}; charset={charset}" if charset else content_type
    text: str = html_to_unicode(header, html, auto_detect_fun=lambda _: "cp1252")[1]
    return text


def _tree(text: str) -> HtmlElement | None:
    tree: HtmlElement | None = load_html(text)
    return tree


def _lines(tree: HtmlElement, url: str | None) -> list[str]:
    """The paragraphs of the article. Without trafilatura's own metadata, which cost 20 %."""
    found = bare_extraction(
        tree, url=url, favor_precision=True, include_comments=False, with_metadata=False
    )
    return paragraphs(found.text) if found and found.text else []


def _drop_promotion(tree: HtmlElement) -> None:
    """Remove the paragraphs that are wholly a link and in capitals: they promote other pages."""
    for link in list(tree.iter("a")):
        words = line(link.text_content())
        if words.isupper() and " " in words:
            block = next((e for e in link.iterancestors() if e.tag in _BLOCKS), None)
            if block is not None and _says_only(block, words):
                block.drop_tree()


def _says_only(block: HtmlElement, words: str) -> bool:
    """Whether the block has no other text; reads no more of it than it takes to know."""
    wanted, said = "".join(words.split()), ""
    for text in block.itertext():
        said += "".join(line(text).split())
        if len(said) > len(wanted):
            return False
    return said == wanted


def _heading(tree: HtmlElement) -> str:
    """The hash of the page's h1."""
    heading = next(tree.iter("h1"), None)
    return title_hash(heading.text_content()) if heading is not None else ""


def _words(lines: list[str]) -> int:
    return sum(len(words.split()) for words in lines)
