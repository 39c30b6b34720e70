"""What the text model learns from: HuffPost headlines, IPTC's definitions, our own vocabulary."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from newsline.errors import OperatorError
from pipeline.enrich.tags import vocabulary
from pipeline.enrich.tags.mediatopics import taxonomy

HUFFPOST, DEFINITIONS = "huffpost.jsonl.gz", "mediatopics.json"

_CATEGORIES = {
    "01": "ENTERTAINMENT, COMEDY, MEDIA, CULTURE & ARTS, ARTS, ARTS & CULTURE",
    "02": "CRIME",
    "04": "BUSINESS, MONEY",
    "05": "EDUCATION, COLLEGE",
    "06": "ENVIRONMENT, GREEN",
    "07": "WELLNESS, HEALTHY LIVING",
    "08": "WEIRD NEWS, GOOD NEWS",
    "10": "STYLE & BEAUTY, STYLE, TRAVEL, FOOD & DRINK, TASTE, HOME & LIVING",
    "11": "POLITICS",
    "12": "RELIGION",
    "13": "SCIENCE, TECH",
    "14": "QUEER VOICES, BLACK VOICES, LATINO VOICES, WOMEN, PARENTING, PARENTS, DIVORCE, "
    "WEDDINGS, FIFTY",
    "15": "SPORTS",
}
"""HuffPost's categories that are one top-level concept. World and U.S. news are any of many."""

HELD_BACK = "012"
"""Three in sixteen of HuffPost's texts are not learnt from, but calibrated on and measured."""


class Document(NamedTuple):
    """One text, what it is about (None: one of many), and how much it counts (0 to 1)."""

    text: str
    code: str | None
    weight: float = 1.0


class Corpus(NamedTuple):
    """What is learnt from: ``headlines``, and the ``concepts`` in words; ``held`` is held back."""

    headlines: list[Document]
    concepts: list[Document]
    held: list[Document]


def is_held_back(url: str) -> bool:
    """Whether the text at the URL is kept from training, whatever else there is."""
    return hashlib.md5(url.encode(), usedforsecurity=False).hexdigest()[-1] in HELD_BACK


def read(folder: Path) -> Corpus:
    """The corpus of the data in ``folder``. Raises OperatorError where a file is missing."""
    for name in (HUFFPOST, DEFINITIONS):
        if not (folder / name).exists():
            raise OperatorError(f"{folder / name} is missing: name its folder")
    headlines: list[Document] = []
    held: list[Document] = []
    for url, document in huffpost(folder / HUFFPOST):
        (held if is_held_back(url) else headlines).append(document)
    return Corpus(headlines, [*_definitions(folder / DEFINITIONS), *_vocabulary()], held)


def huffpost(path: Path) -> Iterator[tuple[str, Document]]:
    """URL and text of each headline with its description."""
    codes = {
        name.strip(): f"medtop:{number}000000"
        for number, names in _CATEGORIES.items()
        for name in names.split(", ")
    }
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row: dict[str, Any] = json.loads(line)
            text = f"{row['headline']}\n{row['description']}"
            yield row["url"], Document(text, codes.get(row["category"]))


def _definitions(path: Path) -> Iterator[Document]:
    for row in json.loads(path.read_text(encoding="utf-8"))["concepts"]:
        if concept := taxonomy().concepts.get(row["qcode"]):
            # The name twice: a definition also says what a concept is not.
            yield Document(f"{concept.name} {concept.name} {row['definition'] or ''}", concept.top)


def _vocabulary() -> Iterator[Document]:
    for code, lists in vocabulary.source()["top"].items():
        for kind, weight in (("strong", 1.0), ("weak", 0.3)):
            for term in vocabulary.terms(lists[kind]):
                yield Document(term, code, weight)
