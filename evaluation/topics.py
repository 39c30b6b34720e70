"""Scores for topic tags from text alone: BBC texts, and held-out HuffPost headlines."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from evaluation.scores import Missing, Score
from pipeline.enrich.tags import tags, text_evidence, textmodel
from pipeline.enrich.tags.mediatopics import taxonomy
from tests.support.example_articles import article
from tests.support.shared_data import DATA
from tools.train.corpus import is_held_back

BBC = {
    "business": "economy, business and finance",
    "entertainment": "arts, culture, entertainment and media",
    "politics": "politics",
    "sport": "sport",
    "tech": "science and technology",
}
HUFFPOST = {
    **dict.fromkeys(("POLITICS",), "politics"),
    **dict.fromkeys(
        ("ENTERTAINMENT", "COMEDY", "MEDIA", "ARTS", "ARTS & CULTURE", "CULTURE & ARTS"),
        "arts, culture, entertainment and media",
    ),
    **dict.fromkeys(("WELLNESS", "HEALTHY LIVING"), "health"),
    **dict.fromkeys(
        ("STYLE", "STYLE & BEAUTY", "TRAVEL", "FOOD & DRINK", "TASTE", "HOME & LIVING"),
        "lifestyle and leisure",
    ),
    **dict.fromkeys(("PARENTING", "PARENTS", "DIVORCE", "WEDDINGS"), "society"),
    **dict.fromkeys(("BUSINESS", "MONEY"), "economy, business and finance"),
    **dict.fromkeys(("SCIENCE", "TECH"), "science and technology"),
    **dict.fromkeys(("ENVIRONMENT", "GREEN"), "environment"),
    **dict.fromkeys(("EDUCATION", "COLLEGE"), "education"),
    **{"SPORTS": "sport", "CRIME": "crime, law and justice", "RELIGION": "religion"},
    **{"WEIRD NEWS": "human interest", "GOOD NEWS": "human interest"},
}
"""Category → top-level concept. Categories of places or groups have none: world and U.S. news,
voices, women, impact, fifty."""

BINS = 10


class Labelled(NamedTuple):
    title: str
    text: str
    code: str


def bbc() -> list[Labelled]:
    found = []
    for line in _lines("bbc-dev"):
        title, _, text = line["text"].partition("\n\n")
        found.append(Labelled(title, text, _code(BBC[line["label"]])))
    return found


def huffpost() -> list[Labelled]:
    return [
        Labelled(line["headline"], line["description"], _code(HUFFPOST[line["category"]]))
        for line in _lines("huffpost")
        if line["category"] in HUFFPOST and is_held_back(line["url"])
    ]


def _lines(name: str) -> Iterator[dict[str, str]]:
    path = DATA / "topics" / f"{name}.jsonl.gz"
    if not path.exists():
        raise Missing(f"../shared/data/topics/{name}.jsonl.gz is missing")
    with gzip.open(path, "rt") as lines:
        yield from map(json.loads, lines)


def _code(name: str) -> str:
    """Raises ValueError unless exactly one top-level concept begins with the name."""
    tops = [c for c in taxonomy().concepts.values() if c.top == c.code]
    (found,) = [c.code for c in tops if c.name == name or c.name.startswith(name)]
    return found


def top_level(labelled: Labelled) -> list[tuple[str, float]]:
    """All top-level tags with their confidences, highest first."""
    found = tags.tag(article(labelled.text, labelled.title), "en", recall=True)
    tops = taxonomy().concepts
    return [(tag.code, tag.confidence) for tag in found if tops[tag.code].top == tag.code]


Tagged = Sequence[tuple[str, list[tuple[str, float]]]]
"""The true code and the tags, of each text."""


def tagged(data: Sequence[Labelled]) -> Tagged:
    return [(labelled.code, top_level(labelled)) for labelled in data]


def within(found: Tagged, first: int) -> float:
    """Share of the texts with their code among the ``first`` tags."""
    return sum(code in [c for c, _ in given[:first]] for code, given in found) / max(1, len(found))


def reliability(found: Tagged) -> list[tuple[int, float, float]]:
    """Per tenth of confidence: number of tags, mean confidence, share of right tags."""
    each = [(sure, code == truth) for truth, given in found for code, sure in given]
    bins = [[p for p in each if min(int(p[0] * BINS), BINS - 1) == i] for i in range(BINS)]
    return [
        (len(b), sum(s for s, _ in b) / len(b), sum(right for _, right in b) / len(b))
        for b in bins
        if b
    ]


def expected_error(found: Tagged) -> float:
    """Expected calibration error: mean difference of confidence and share of right tags."""
    rows = reliability(found)
    return sum(n * abs(sure - right) for n, sure, right in rows) / max(1, sum(r[0] for r in rows))


def on_bbc() -> list[Score]:
    return [*_scores("bbc-dev", tagged(bbc())), *_alone("bbc-dev", bbc())]


def on_huffpost() -> list[Score]:
    name, data = "huffpost, held out", huffpost()
    return [*_scores(name, tagged(data)), *_alone(name, data)]


def _alone(name: str, data: Sequence[Labelled]) -> Iterator[Score]:
    """The vocabulary without the trained model, and the model without the vocabulary."""
    for by, judge in (("the vocabulary alone", by_vocabulary), ("the model alone", by_model)):
        judged = [(code, judge(title, text)) for title, text, code in data]
        found = [(code, sorted(j.items(), key=lambda p: -p[1])) for code, j in judged]
        yield Score("tags", name, by, "first right", within(found, 1))
        yield Score("tags", name, by, "among first two", within(found, 2))


def by_vocabulary(title: str, text: str) -> Mapping[str, float]:
    uses, size = text_evidence._uses(title, text)
    return text_evidence._listed(text_evidence._scores(uses, size), uses)


def by_model(title: str, text: str) -> Mapping[str, float]:
    reading = textmodel.shipped_model().read(title, text)
    return reading.scores if reading else {}


def _scores(name: str, found: Tagged) -> Iterator[Score]:
    yield Score("tags", name, "newsline", "first right", within(found, 1))
    yield Score("tags", name, "newsline", "among first two", within(found, 2))
    yield Score("tags", name, "newsline", "any tag", sum(bool(g) for _, g in found) / len(found))
    for code in sorted({code for code, _ in found}):
        own = [pair for pair in found if pair[0] == code]
        figure = f"first right, {taxonomy().concepts[code].name}"
        yield Score("tags", name, "newsline", figure, within(own, 1))
    for _, sure, right in reliability(found):
        figure = f"right where confidence is {int(min(sure, 0.999) * BINS) / BINS:.1f} and up"
        yield Score("calibration", name, "newsline", figure, right)
    yield Score("calibration", name, "newsline", "expected error", expected_error(found))


MEASURES = (on_bbc, on_huffpost)
