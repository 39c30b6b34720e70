"""Readability of an article: LIX, by C. H. Björnsson (1968), for most European languages."""

import re

from newsline import Enrich, EnrichedArticle, Part

LONG = 7
"""Letters from which on a word is long."""

MIN_WORDS = 50

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.!?:](?=\s|$)|\n")


def load() -> Enrich:
    """Return the enricher; the entry point names this function. Load word lists and models here."""
    return enrich


def enrich(article: EnrichedArticle) -> Part:
    """Add ``lix``: words per sentence plus the percentage of long words; 25 is easy, 60 hard."""
    words = _WORD.findall(article.text)
    if article.language.code == "und" or len(words) < MIN_WORDS:
        return Part({}, "too little text")
    sentences = sum(1 for each in _SENTENCE_END.split(article.text) if _WORD.search(each))
    long = sum(len(word) >= LONG for word in words)
    lix = len(words) / sentences + 100 * long / len(words)
    return Part({"lix": round(lix, 1), "words": len(words)})
