"""Measured scores, and the floors that ``make test`` checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "scores.json"
"""The results of the last ``make quality``."""


class Missing(Exception):
    """A measurement's data is missing; the message says which."""


class Score(NamedTuple):
    """The value of ``figure`` for the results of ``by`` on ``data``; shares are 0 to 1."""

    part: str
    data: str
    by: str
    figure: str
    value: float

    @property
    def key(self) -> str:
        return " | ".join(self[:-1])


FLOORS = {
    "extraction | pages | newsline | F1": 0.985,
    "extraction | WCXB | newsline | F1 of words": 0.945,
    "extraction | made pages | newsline | F1 of words": 0.95,
    "metadata | WCXB | newsline | dates right of all": 0.85,
    "metadata | WCXB | newsline | dates right of given": 0.88,
    "metadata | WCXB | newsline | authors right of all": 0.80,
    "metadata | WCXB | newsline | authors right of given": 0.90,
    "metadata | WCXB | newsline | titles right": 0.86,
    "language | declarations, 20 words | newsline | answered right": 0.93,
    "language | declarations, 20 words | newsline | right of answers": 0.98,
    "language | examples | newsline | right of answers": 0.98,
    "entities | wikigold | newsline | F1": 0.64,
    "tags | bbc-dev | newsline | first right": 0.88,
    "tags | bbc-dev | newsline | among first two": 0.94,
    "tags | huffpost, held out | newsline | first right": 0.58,
}
"""Key of a score → its minimum, slightly below the measured value."""


def written() -> dict[str, float]:
    """Key → value of every score in the file."""
    return {key: float(value) for key, value in json.loads(FILE.read_text())["scores"].items()}
