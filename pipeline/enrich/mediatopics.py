"""The IPTC Media Topics: the concepts that a tag can be, and their names in 13 languages.

``mediatopics.json`` beside this module is made from IPTC's own list with
``python -m pipeline.enrich.mediatopics PATH`` (IPTC NewsCodes, iptc.org, CC BY 4.0). Retired
concepts are left out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

PATH = Path(__file__).with_name("mediatopics.json")

_DEEPER = "medtop:20"
"""What the codes of all concepts below the top level begin with."""


class Concept(NamedTuple):
    """One active concept. ``path``: names from the top level down, itself last; ``top``: that code.

    ``labels`` maps IPTC's language tag to its name there.
    """

    code: str
    top: str
    path: tuple[str, ...]
    labels: Mapping[str, str]

    @property
    def name(self) -> str:
        """In British English, as IPTC writes it."""
        return self.path[-1]


class Taxonomy(NamedTuple):
    """All active concepts by code, in the tree's order, and when IPTC released them."""

    released: str
    concepts: Mapping[str, Concept]


@cache
def taxonomy() -> Taxonomy:
    """The taxonomy that newsline ships."""
    table = json.loads(PATH.read_text(encoding="utf-8"))
    names = {code: labels["en-GB"] for code, _, labels in table["concepts"]}
    concepts = {
        code: Concept(code, top, tuple(names[c] for c in dict.fromkeys((top, code))), labels)
        for code, top, labels in table["concepts"]
    }
    return Taxonomy(table["released"], concepts)


def reduce(source: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of IPTC's list: ``[code, top-level code, {language: name}]`` of active concepts.

    The list is in the tree's depth-first order, so that the top level of a concept is the top-level
    concept before it.
    """
    kept, top = [], ""
    for concept in source["concepts"]:
        code = concept["qcode"]
        if not code.startswith(_DEEPER):
            top = code
        if not concept["retired"]:
            kept.append([code, top, concept["name"]])
    return {
        "source": "IPTC NewsCodes Media Topics (cv.iptc.org/newscodes/mediatopic)",
        "licence": "CC BY 4.0",
        "released": source["updated"],
        "concepts": kept,
    }


def main(path: str) -> None:
    """Write the table from IPTC's list in the file ``path``."""
    table = reduce(json.loads(Path(path).read_text(encoding="utf-8")))
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    PATH.write_text(text.replace("}],", "}],\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
