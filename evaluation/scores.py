"""A measured figure, and the floors that ``make test`` holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).parent / "scores.json"
"""What ``make quality`` measured last."""


class Missing(Exception):
    """What a measurement needs and cannot have; the message says why."""


class Score(NamedTuple):
    """``figure`` of what ``by`` makes of ``data``; shares are 0 to 1."""

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
    "language | declarations, 20 words | newsline | answered right": 0.93,
    "language | declarations, 20 words | newsline | right of answers": 0.98,
    "language | examples | newsline | right of answers": 0.98,
    "entities | wikigold | newsline | F1": 0.64,
    "tags | bbc-dev | newsline | first right": 0.88,
    "tags | bbc-dev | newsline | among first two": 0.94,
    "tags | huffpost, held out | newsline | first right": 0.58,
}
"""Key of a score → what it must not fall below; set a little under what was measured."""


def written() -> dict[str, float]:
    """Key → value of every score in the file."""
    return {key: float(value) for key, value in json.loads(FILE.read_text())["scores"].items()}
