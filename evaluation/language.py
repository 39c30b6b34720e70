"""Scores for languages: spaCy's example sentences, passages of the Declaration of Human Rights."""

from __future__ import annotations

import pkgutil
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from importlib import import_module

import spacy.lang

from evaluation import udhr
from evaluation.scores import Score
from pipeline.enrich.text import language

Text = tuple[str, str]
"""The language's code, and a text in it."""

CODES = {"als": "sq", "kmr": "ku", "nb": "no", "zlm": "ms"}
"""Codes of the sources → newsline's."""

UNSPACED = {"zh": 2, "ja": 2, "th": 5, "lo": 5, "km": 5, "my": 5, "dz": 5}
"""Characters counted as a word in scripts without spaces."""

LENGTHS = (5, 10, 20, 50)
PASSAGES = 40


def examples() -> list[Text]:
    """Sentences of spaCy's language packages, in the languages that we detect."""
    found = []
    for module in pkgutil.iter_modules(spacy.lang.__path__):
        code = CODES.get(module.name, module.name)
        if module.ispkg and code in language.languages():
            try:
                sentences = import_module(f"spacy.lang.{module.name}.examples").sentences
            except ImportError:
                continue
            found += [(code, sentence) for sentence in sentences]
    return found


def passages(words: int) -> list[Text]:
    """Passages of ``words`` words of each declaration, at random places from a fixed seed."""
    chance = random.Random(words)
    return [
        (CODES.get(code, code), _passage(chance.choice(versions), code, words, chance))
        for code, versions in sorted(udhr.paragraphs().items())
        if CODES.get(code, code) in language.languages()
        for _ in range(PASSAGES)
    ]


def _passage(version: Sequence[str], code: str, words: int, chance: random.Random) -> str:
    text = " ".join(version)
    pieces = text if code in UNSPACED else text.split()
    size = words * UNSPACED.get(code, 1)
    start = chance.randrange(max(1, len(pieces) - size))
    return ("" if code in UNSPACED else " ").join(pieces[start : start + size])


def ours(text: str) -> str:
    return language.detect(text).code


def bare(text: str) -> str:
    """py3langid's best, at any probability."""
    return str(language._identifier().classify(text)[0])


def judged(texts: Sequence[Text], by: Callable[[str], str]) -> tuple[float, float]:
    """Share of the texts with a right answer, and share of the answers that are right."""
    found = [(code, by(text)) for code, text in texts]
    right = sum(code == answer for code, answer in found)
    answered = sum(answer != language.UNDECIDED for _, answer in found)
    return right / len(found), right / max(1, answered)


def by_language(words: int) -> dict[str, float]:
    """Language → share of its passages with a right answer of newsline."""
    each: dict[str, list[Text]] = defaultdict(list)
    for code, text in passages(words):
        each[code].append((code, text))
    return {code: judged(texts, ours)[0] for code, texts in sorted(each.items())}


def on_examples() -> list[Score]:
    return _both("examples", examples())


def on_declarations() -> list[Score]:
    found = [s for n in LENGTHS for s in _both(f"declarations, {n} words", passages(n))]
    each = by_language(20)
    reliable = sum(share >= 0.9 for share in each.values())
    name = "declarations, 20 words"
    return [
        *found,
        Score("language", name, "newsline", "languages measured", len(each)),
        Score("language", name, "newsline", "languages right in nine of ten", reliable),
    ]


def _both(name: str, texts: Sequence[Text]) -> list[Score]:
    figures = ("answered right", "right of answers")
    return [
        Score("language", name, who, figure, value)
        for who, by in (("newsline", ours), ("py3langid", bare))
        for figure, value in zip(figures, judged(texts, by), strict=True)
    ]


MEASURES = (on_examples, on_declarations)
