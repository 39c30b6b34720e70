"""Topic tags: IPTC Media Topics from the publisher's labels and from the text.

Collectors (:mod:`.publisher_labels`, :mod:`.text_evidence`) make findings. These are combined as
independent reasons; a concept with enough confidence becomes a tag.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from newsline.records import MAX_TAGS, Article, Evidence, Model, TopicTag
from pipeline.enrich.tags import publisher_labels, text_evidence, textmodel, vocabulary
from pipeline.enrich.tags.evidence import TagFinding
from pipeline.enrich.tags.mediatopics import taxonomy

PRECISE, RECALL = 0.3, 0.1
"""Minimum confidence of a tag. Of 1,114 BBC texts with one label each, 92 % have the label among
their top-level tags from .3 up, and 83 % of these tags are right; from .1 up it is among the first
two in 96 %."""

MAX_CONFIDENCE = 0.99

MAX_EVIDENCE = 5

REASONS = {"title": "text", "section": "filing", "category": "filing", "url": "filing"}
"""Source → its reason. An article is filed once: section, feed category and URL repeat that.
Keywords are chosen per article, and are a reason of their own."""


def tag(article: Article, language: str, *, recall: bool = False) -> tuple[TopicTag, ...]:
    """The article's tags by falling confidence, a concept before its parts.

    ``language`` (ISO 639-1 or ``und``): the text's; without a vocabulary for it, only the
    publisher's labels count. ``recall``: more tags with lower precision.
    """
    return combine(_findings(article, language), RECALL if recall else PRECISE)


def combine(findings: Iterable[TagFinding], least: float = PRECISE) -> tuple[TopicTag, ...]:
    """Tags from findings; independent reasons add confidence. Their order does not matter."""
    by_code: dict[str, list[TagFinding]] = defaultdict(list)
    for finding in findings:
        by_code[finding.code].append(finding)
    sure = _with_ancestors({code: _confidence(found) for code, found in by_code.items()})
    chosen = [code for code, confidence in sure.items() if confidence >= least]
    chosen.sort(key=lambda code: (-sure[code], len(taxonomy().concepts[code].path), code))
    return tuple(_tag(code, sure[code], by_code) for code in chosen[:MAX_TAGS])


def models(language: str) -> tuple[Model, ...]:
    """The taxonomy with its release date, and the text model if it reads the language."""
    labels = Model("topic_tags", "iptc-mediatopics", taxonomy().released)
    reads = language in text_evidence.LANGUAGES
    return (labels, Model("topic_tags", textmodel.NAME, textmodel.VERSION)) if reads else (labels,)


def load_tables() -> None:
    """Build the tables now (0.1 s) instead of at the first article."""
    publisher_labels.load_label_tables()
    vocabulary.matcher()
    textmodel.shipped_model()


def _findings(article: Article, language: str) -> Iterator[TagFinding]:
    yield from publisher_labels.label_findings(article, language)
    if language in text_evidence.LANGUAGES:
        yield from text_evidence.text_findings(article.title, article.text)


def _confidence(findings: Iterable[TagFinding]) -> float:
    """1 minus the probability that all reasons (:data:`REASONS`) are wrong."""
    surest: dict[str, float] = defaultdict(float)
    for finding in findings:
        reason = REASONS.get(finding.evidence.source, finding.evidence.source)
        surest[reason] = max(surest[reason], finding.confidence)
    doubt = math.prod(1 - confidence for confidence in surest.values())
    return min(1 - doubt, MAX_CONFIDENCE)


def _with_ancestors(confidences: Mapping[str, float]) -> dict[str, float]:
    """A concept has at least the confidence of each of its parts."""
    raised = dict(confidences)
    for code, confidence in confidences.items():
        for above in taxonomy().concepts[code].ancestors:
            raised[above] = max(raised.get(above, 0.0), confidence)
    return raised


def _tag(code: str, confidence: float, by_code: Mapping[str, list[TagFinding]]) -> TopicTag:
    concept = taxonomy().concepts[code]
    findings = by_code.get(code) or [
        finding
        for part, found in by_code.items()
        if code in taxonomy().concepts[part].ancestors
        for finding in found
    ]
    findings = sorted(findings, key=lambda f: -f.confidence)
    evidence: tuple[Evidence, ...] = tuple(dict.fromkeys(f.evidence for f in findings))
    return TopicTag(
        code=code,
        name=concept.name,
        path=concept.path,
        confidence=round(confidence, 3),
        evidence=evidence[:MAX_EVIDENCE],
    )
