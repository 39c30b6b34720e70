"""Topic evidence from an English text, by a trained model and a vocabulary.

For the 17 top-level concepts, model (:mod:`.textmodel`) and vocabulary give one confidence
(:mod:`.combine`). Deeper concepts are found by the words that name them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from newsline.records import Evidence
from pipeline.enrich.tags import combine, textmodel
from pipeline.enrich.tags.evidence import TagFinding
from pipeline.enrich.tags.mediatopics import taxonomy
from pipeline.enrich.tags.textmodel import TextModel, TopicReading
from pipeline.enrich.tags.vocabulary import matcher

LANGUAGES = frozenset(("en",))
"""Languages with a vocabulary."""

TITLE_COUNT = 3
"""Occurrences in the text that equal one in the title."""

USUAL_WORDS = 300
"""Longer texts collect words of every topic: scores are divided by the root of the excess."""

MIN_TERMS = 3
"""Distinct terms for a top-level concept: one ambiguous word is not a topic."""

MIN_SUBSTANCE = 2.0
"""Minimum substance to consult the model; below it, its top class of 17 is noise."""

MIN_CONFIDENCE = 0.1
"""Minimum confidence of a finding."""

MIN_COUNT = 3
"""Minimum count of a deeper concept's terms; :data:`TITLE_COUNT` for each in the title."""

_MAX_EVIDENCE = 3


class _Use(NamedTuple):
    """A term in an article: its score for a concept, its count, and its place."""

    score: float
    mentions: int
    evidence: Evidence


def text_findings(title: str, text: str) -> Iterator[TagFinding]:
    """Findings on top-level concepts, and on deeper ones that the text names."""
    uses, size = _uses(title, text)
    reading = textmodel.shipped_model().read(title, text)
    if reading and reading.substance < MIN_SUBSTANCE:
        reading = None
    tops = _top_level(uses, size, reading)
    for code, confidence in tops.items():
        if confidence >= MIN_CONFIDENCE:
            for evidence in _evidence(code, uses, reading, title):
                yield TagFinding(code, confidence, evidence)
    for code, found in uses.items():
        top = taxonomy().concepts[code].top
        if code != top and (confidence := _named(found, tops.get(top, 0.0))):
            for use in _strongest(found):
                yield TagFinding(code, confidence, use.evidence)


def top_levels(title: str, text: str, model: TextModel) -> dict[str, float]:
    """The share of each top-level concept before calibration; empty if no word is known."""
    uses, size = _uses(title, text)
    reading = model.read(title, text)
    return combine.mix(reading.scores, _scores(uses, size)) if reading else {}


def _uses(title: str, text: str) -> tuple[Mapping[str, list[_Use]], int]:
    """Concept → its terms in the article; and the number of the text's words."""
    terms = matcher()
    in_title, in_text = terms.count(title), terms.count(text)
    uses: dict[str, list[_Use]] = defaultdict(list)
    for term in in_title | in_text:
        count = in_text[term] + TITLE_COUNT * in_title[term]
        where: Literal["title", "text"] = "title" if in_title[term] else "text"
        for code, weight in terms.weights[term].items():
            score = weight * (1 + math.log(count))
            uses[code].append(_Use(score, count, Evidence(where, term)))
    return uses, text.count(" ")


def _top_level(
    uses: Mapping[str, list[_Use]], size: int, reading: TopicReading | None
) -> dict[str, float]:
    """Top-level concept → combined confidence of model and vocabulary."""
    scores = _scores(uses, size)
    listed = _listed(scores, uses)
    if reading is None:
        return listed
    calibration = textmodel.shipped_model().calibration
    return {
        code: combine.agreed(
            code,
            combine.confidence(share, calibration),
            listed.get(code, 0.0),
            reading.substance,
        )
        for code, share in combine.mix(reading.scores, scores).items()
    }


def _scores(uses: Mapping[str, list[_Use]], size: int) -> dict[str, float]:
    """Top-level concept → the vocabulary's score."""
    excess = math.sqrt(max(1.0, size / USUAL_WORDS))
    return {
        code: sum(use.score for use in found) / excess
        for code, found in uses.items()
        if taxonomy().concepts[code].top == code
    }


def _listed(scores: Mapping[str, float], uses: Mapping[str, list[_Use]]) -> dict[str, float]:
    """The vocabulary's own confidence: by the score itself, and relative to the best."""
    best = max(scores.values(), default=0.0)
    return {
        code: (1 - math.exp(-score / 12)) * (score / best)
        for code, score in scores.items()
        if len(uses[code]) >= MIN_TERMS
    }


def _evidence(
    code: str, uses: Mapping[str, list[_Use]], reading: TopicReading | None, title: str
) -> list[Evidence]:
    """The vocabulary's strongest terms, filled up with the model's words."""
    found = [use.evidence for use in _strongest(uses.get(code, []))]
    titled = textmodel.model_words(title)
    for word in reading.strongest(code, textmodel.shipped_model()) if reading else ():
        if len(found) < _MAX_EVIDENCE and word not in {evidence.term for evidence in found}:
            found.append(Evidence("title" if word in titled else "text", word))
    return found


def _strongest(found: list[_Use]) -> list[_Use]:
    return sorted(found, key=lambda use: -use.score)[:_MAX_EVIDENCE]


def _named(found: list[_Use], top_confidence: float) -> float:
    """A deeper concept's confidence, by its count and by its top-level concept's confidence."""
    count = sum(use.mentions for use in found)
    if count < MIN_COUNT:
        return 0.0
    return (1 - math.exp(-count / 5)) * (0.4 + 0.6 * top_confidence)
