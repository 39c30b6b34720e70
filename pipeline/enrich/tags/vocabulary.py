"""The vocabulary: terms of concepts in ``vocabulary.toml``, and the concepts' own names."""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import Stemmer

from pipeline.enrich.tags.mediatopics import taxonomy

PATH = Path(__file__).parents[1] / "data" / "vocabulary.toml"

STRONG, WEAK = 2.0, 0.5

_WORD = re.compile(r"[^\W_]+")
_HEADING = re.compile(r"[(,&]| and | or ")
"""Marks of a concept's name that is a heading and not a phrase in texts."""


@cache
def source() -> Mapping[str, Mapping[str, Any]]:
    """The tables of ``vocabulary.toml``: ``top``, ``concepts``, ``sections`` and ``labels``."""
    return tomllib.loads(PATH.read_text(encoding="utf-8"))


def terms(listed: str) -> list[str]:
    """The terms of a comma-separated list; a term may continue on the next line."""
    return [term for term in (" ".join(part.split()) for part in listed.split(",")) if term]


_ENDINGS = frozenset(("", "s", "es", "d", "ed", "ing", "e", "y", "ies", "ied"))
"""Endings of one word's forms, after their common part."""


def vocabulary_words(text: str) -> list[str]:
    """The words in lower case."""
    return _WORD.findall(text.lower())


@lru_cache(maxsize=50_000)
def _is_form(word: str, term: str) -> bool:
    """True if two words of one stem are forms of one word: "defended", not "defendant"."""
    common = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, term, strict=False))
    )
    return word[common:] in _ENDINGS and term[common:] in _ENDINGS


class Matcher:
    """Finds the terms of a vocabulary in one pass over a text's stems."""

    def __init__(self, weights: Mapping[str, Mapping[str, float]]) -> None:
        """``weights``: term → concept → weight."""
        self._stem = Stemmer.Stemmer("english").stemWords
        self.weights: dict[str, dict[str, float]] = {}
        self._by_first: dict[str, list[tuple[int, list[str], str]]] = defaultdict(list)
        for term, concepts in weights.items():
            known = self.weights.setdefault(self._first_form(term), {})
            for code, weight in concepts.items():
                known[code] = max(weight, known.get(code, 0))
        for choices in self._by_first.values():
            choices.sort(key=lambda choice: -choice[0])

    def _first_form(self, term: str) -> str:
        """The term, or a known one that differs in form only. An unknown term is added."""
        stems = self._stem(vocabulary_words(term))
        choices = self._by_first[stems[0]]
        for size, others, other in choices:
            if others == stems and (size > 1 or _is_form(term, other)):
                return other
        choices.append((len(stems), stems, term))
        return term

    def count(self, text: str) -> Counter[str]:
        """The count of each term; a term inside a longer one is not counted."""
        found: Counter[str] = Counter()
        words = vocabulary_words(text)
        stems = self._stem(words)
        position, end, by_first = 0, len(stems), self._by_first
        while position < end:
            step = 1
            for size, wanted, term in by_first.get(stems[position], ()):
                if (
                    _is_form(words[position], term)
                    if size == 1
                    else stems[position : position + size] == wanted
                ):
                    found[term] += 1
                    step = size
                    break
            position += step
        return found


@cache
def matcher() -> Matcher:
    """The English vocabulary, with concepts' names of two or more words.

    The weight of a term of several top-level concepts is divided by the square root of their
    number.
    """
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for code, lists in source()["top"].items():
        for kind, weight in (("weak", WEAK), ("strong", STRONG)):
            for term in terms(lists[kind]):
                weights[term][code] = weight
    for term, codes in weights.items():
        weights[term] = {code: w / math.sqrt(len(codes)) for code, w in codes.items()}
    for code, term in _own_words():
        weights[term][code] = 1.0
    return Matcher(weights)


def _own_words() -> Iterator[tuple[str, str]]:
    """Deeper concepts, each with a term that names it."""
    for code, listed in source()["concepts"].items():
        for term in terms(listed):
            yield code, term
    for concept in taxonomy().concepts.values():
        name = concept.name.casefold()
        if concept.code != concept.top and " " in name and not _HEADING.search(name):
            yield concept.code, name
