"""Scores for persons, organisations and places, by exact span and type, on public sets."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

from evaluation.scores import Missing, Score
from newsline.outcomes import EntityType
from pipeline.enrich.entities.entities import extract_entities
from pipeline.enrich.entities.recogniser import Recogniser
from pipeline.enrich.entities.spans import Span
from tests.support.shared_data import DATA

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE

TYPES = {
    **{"PER": PERSON, "ORG": ORGANISATION, "LOC": PLACE},
    **{"Person": PERSON, "Organisation": ORGANISATION, "Location": PLACE},
    **{"person": PERSON, "corporation": ORGANISATION, "group": ORGANISATION, "location": PLACE},
}
"""The sets' labels → types; wnut17's group: teams and bands. Other labels are ignored."""

SENTENCES = 20
"""Sentences per text, one per line: about an article's length."""

Marker = Callable[[str], list[Span]]


class Text(NamedTuple):
    text: str
    truth: frozenset[Span]


def texts(name: str) -> list[Text]:
    """The set's sentences as texts, words joined by spaces. Raises Missing."""
    path = DATA / "entities" / f"{name}.conll"
    if not path.exists():
        raise Missing(f"../shared/data/entities/{name}.conll is missing")
    blocks = [block.splitlines() for block in re.split(r"\n\s*\n", path.read_text().strip())]
    return [_text(blocks[i : i + SENTENCES]) for i in range(0, len(blocks), SENTENCES)]


def _text(sentences: list[list[str]]) -> Text:
    text, truth = "", set()
    for sentence in sentences:
        start, kind = 0, None
        for line in (*sentence, "\n O"):
            word, label = re.split(r"[\t ]", line)[0], re.split(r"[\t ]", line)[-1]
            prefix, _, label = label.partition("-")
            if kind and (prefix != "I" or label != kind):
                if kind in TYPES:
                    truth.add(Span(start, len(text) - 1, TYPES[kind]))
                kind = None
            if label and not kind:
                start, kind = len(text), label
            text += "" if word == "" else f"{word} "
        text = text[:-1] + "\n"
    return Text(text, frozenset(truth))


def markers() -> dict[str, Marker]:
    """Ours, the model alone, and the model with *the* and *'s* cut."""
    recogniser = Recogniser()

    def bare(text: str) -> list[Span]:
        return recogniser.mark(text, "en")

    def cut(text: str) -> list[Span]:
        return [_cut(text, span) for span in bare(text)]

    def ours(text: str) -> list[Span]:
        return [
            Span(mention.start, mention.end, entity.type)
            for entity in extract_entities(text, bare(text))
            for mention in entity.mentions
        ]

    return {"newsline": ours, "spaCy, the model alone": bare, "spaCy, the and 's cut": cut}


def _cut(text: str, span: Span) -> Span:
    surface = text[span.start : span.end]
    begin = 4 if surface.lower().startswith("the ") else 0
    end = re.search(r"\s*['’]s$", surface)
    return Span(span.start + begin, span.end - (len(end[0]) if end else 0), span.type)


def measured(
    data: list[Text], mark: Marker, kind: EntityType | None = None
) -> tuple[float, float, float]:
    """F1, precision and recall over persons, organisations and places, or one of them."""
    kinds = {kind} if kind else set(TYPES.values())
    right = had = wanted = 0
    for text, truth in data:
        found = {span for span in mark(text) if span.type in kinds}
        true = {span for span in truth if span.type in kinds}
        right, had, wanted = right + len(found & true), had + len(found), wanted + len(true)
    precision, recall = right / max(1, had), right / max(1, wanted)
    return 2 * precision * recall / max(1e-9, precision + recall), precision, recall


def wikigold() -> list[Score]:
    return list(_scores("wikigold"))


def re3d() -> list[Score]:
    return list(_scores("re3d-open"))


def wnut17() -> list[Score]:
    return list(_scores("wnut17-train"))


def _scores(name: str) -> Iterator[Score]:
    data = texts(name)
    for who, mark in markers().items():
        marked = {text: mark(text) for text, _ in data}
        for figure, value in zip(
            ("F1", "precision", "recall"), measured(data, marked.__getitem__), strict=True
        ):
            yield Score("entities", name, who, figure, value)
        for kind in (PERSON, ORGANISATION, PLACE):
            value = measured(data, marked.__getitem__, kind)[0]
            yield Score("entities", name, who, f"F1, {kind.value}", value)
    yield Score("entities", name, "newsline", "CPU time beside the model alone", _ratio(data))


def _ratio(data: list[Text]) -> float:
    """CPU time of everything as a multiple of the model's, measured in turn on each text."""
    recogniser = Recogniser()
    model = both = 0.0
    for text, _ in data:
        began = time.process_time()
        marked = recogniser.mark(text, "en")
        between = time.process_time()
        extract_entities(text, marked)
        model, both = model + between - began, both + time.process_time() - began
    return both / model


MEASURES = (wikigold, re3d, wnut17)
