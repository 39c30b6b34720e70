"""Keep the zero-width joiners within Persian and Indian words: trafilatura drops them. Pure."""

from __future__ import annotations

from contextlib import suppress

from lxml.html import HtmlElement

_HIDDEN = str.maketrans("\u200c\u200d", "\u180c\u180d")
"""As variation selectors of Mongolian, which trafilatura keeps."""

_SHOWN = str.maketrans("\u180c\u180d", "\u200c\u200d")


def has_joiners(tree: HtmlElement) -> bool:
    """Whether there are joiners in the texts of a tree."""
    return _with_joiners(tree.text_content()) is not None


def hide_joiners(tree: HtmlElement) -> None:
    """Replace the joiners in a tree. Changes the tree."""
    for element in tree.iter():
        with suppress(ValueError):  # lxml refuses to write control characters
            if isinstance(element.tag, str) and (text := _with_joiners(element.text)):
                element.text = text.translate(_HIDDEN)
            if tail := _with_joiners(element.tail):
                element.tail = tail.translate(_HIDDEN)


def _with_joiners(text: str | None) -> str | None:
    """The text if it has joiners."""
    return text if text and ("\u200c" in text or "\u200d" in text) else None


def show_joiners(lines: list[str]) -> list[str]:
    """The lines with their joiners."""
    return [line.translate(_SHOWN) for line in lines]
