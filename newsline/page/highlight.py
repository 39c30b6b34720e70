"""An article's text with its entities and the words that support its tags marked. Pure.

Offsets count Unicode code points, as those of a Python string do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from newsline.page.foreign import plain, tame
from newsline.records import EnrichedArticle


class MarkedSpan(NamedTuple):
    """``text[start:end]``; ``kind`` is a class of the page's style, ``title`` says what it is."""

    start: int
    end: int
    kind: str
    title: str


def marked(article: EnrichedArticle, most: int) -> str:
    """The first ``most`` characters as HTML, cut at a word, with marks; paragraphs are kept."""
    text = article.text
    end = _cut(text, most)
    pieces, reached = [], 0
    for span in _apart([*_entities(article), *_evidence(article, end)], end):
        pieces += [_plain(text[reached : span.start]), _mark(span, text)]
        reached = span.end
    pieces.append(_plain(text[reached:end]))
    return f"<bdi>{''.join(pieces)}{'…' if end < len(text) else ''}</bdi>"


def _entities(article: EnrichedArticle) -> Iterator[MarkedSpan]:
    for entity in article.entities:
        title = f"{entity.type}: {entity.name}"
        for mention in entity.mentions:
            yield MarkedSpan(mention.start, mention.end, "entity", title)


def _evidence(article: EnrichedArticle, end: int) -> Iterator[MarkedSpan]:
    """Each place of the words in the text that support a tag."""
    for tag in article.topic_tags:
        for evidence in tag.evidence:
            if evidence.source != "text" or not evidence.term.strip():
                continue
            word = re.compile(rf"(?<!\w){re.escape(evidence.term)}(?!\w)", re.IGNORECASE)
            for found in word.finditer(article.text, 0, end):
                yield MarkedSpan(found.start(), found.end(), "evidence", f"tag: {tag.name}")


def _apart(spans: Iterable[MarkedSpan], end: int) -> Sequence[MarkedSpan]:
    """Spans within the text that do not overlap: of two that do, the first and longest."""
    apart: list[MarkedSpan] = []
    reached = 0
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if reached <= span.start < span.end <= end:
            apart.append(span)
            reached = span.end
    return apart


def _mark(span: MarkedSpan, text: str) -> str:
    title = plain(span.title, 120)
    return f'<mark class="{span.kind}" title="{title}">{_plain(text[span.start : span.end])}</mark>'


def _plain(text: str) -> str:
    return "\n".join(escape(tame(line)) for line in text.split("\n"))


def _cut(text: str, most: int) -> int:
    if len(text) <= most:
        return len(text)
    space = max(text.rfind(" ", most // 2, most), text.rfind("\n", most // 2, most))
    return space if space > 0 else most
