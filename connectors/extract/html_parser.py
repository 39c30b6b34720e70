"""Parse a page's markup as trafilatura does. Pure.

lxml.html chooses each element's class by a call of Python code, to give forms and inputs their own.
Nothing here reads those, and with one class for all elements an extraction takes 5 % less time.
"""

from __future__ import annotations

from lxml import etree
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HtmlProcessingInstruction
from trafilatura import load_html
from trafilatura.utils import HTML_PARSER

HTML_PARSER.set_element_class_lookup(
    etree.ElementDefaultClassLookup(
        element=HtmlElement,
        comment=HtmlComment,
        pi=HtmlProcessingInstruction,
        entity=HtmlEntity,
    )
)


def parse_html(markup: str) -> HtmlElement | None:
    """The tree of a page; None if it is empty."""
    tree: HtmlElement | None = load_html(markup)
    return tree
