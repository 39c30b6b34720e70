"""How hard an article is to read: LIX, by C. H. Björnsson (1968), for most European languages."""

import re

from newsline.enricher import Enrich, Part
from newsline.records import EnrichedArticle

LONG = 7
"""Letters of a long word."""

MIN_WORDS = 50

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.!?:](?=\s|$)|\n")


def load() -> Enrich:
    """What the entry point names. Word lists and models would be loaded here, once in a process."""
    return enrich


def enrich(article: EnrichedArticle) -> Part:
    """``lix``: words in a sentence, plus the percentage of long ones; 25 is easy, 60 is hard."""
    words = _WORD.findall(article.text)
    if article.language.code == "und" or len(words) < MIN_WORDS:
        return Part({}, "too little text")
    sentences = sum(1 for each in _SENTENCE_END.split(article.text) if _WORD.search(each))
    long = sum(len(word) >= LONG for word in words)
    lix = len(words) / sentences + 100 * long / len(words)
    return Part({"lix": round(lix, 1), "words": len(words)})
