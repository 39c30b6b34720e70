"""The IPTC Media Topics: the concepts that tags refer to, with their names in 13 languages.

``mediatopics.json`` beside this module is made from IPTC's own list by
:mod:`tools.data.mediatopics` (IPTC NewsCodes, iptc.org, CC BY 4.0). Retired concepts are
left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

PATH = Path(__file__).parents[1] / "data" / "mediatopics.json"


class Concept(NamedTuple):
    """One active concept. ``ancestors``: the codes above it, from the top level down.

    ``path``: the names of these and its own; ``labels`` maps IPTC's language tag to its name there.
    """

    code: str
    ancestors: tuple[str, ...]
    path: tuple[str, ...]
    labels: Mapping[str, str]

    @property
    def name(self) -> str:
        """In British English, as IPTC writes it."""
        return self.path[-1]

    @property
    def top(self) -> str:
        """The code of the top-level concept; its own for a top-level concept."""
        return self.ancestors[0] if self.ancestors else self.code


class Taxonomy(NamedTuple):
    """All active concepts by code, in the tree's order, with IPTC's release date."""

    released: str
    concepts: Mapping[str, Concept]


@cache
def taxonomy() -> Taxonomy:
    """The shipped taxonomy."""
    table = json.loads(PATH.read_text(encoding="utf-8"))
    concepts: dict[str, Concept] = {}
    for code, parent, labels in table["concepts"]:
        above = concepts.get(parent)
        ancestors = (*above.ancestors, above.code) if above else ()
        path = (*above.path, labels["en-GB"]) if above else (labels["en-GB"],)
        concepts[code] = Concept(code, ancestors, path, labels)
    return Taxonomy(table["released"], concepts)
