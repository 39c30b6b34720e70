"""Makes ``mediatopics.json``: ``python -m tools.data.mediatopics LIST LEVELS``.

LIST is the JSON list of IPTC's concepts as of 2023-10-24, which holds no broader terms. LEVELS is
IPTC's spreadsheet of the Media Topics, saved as CSV, as of 2025-03-31: every concept of the list is
there, on its level of the tree. The list is in depth-first order of its own tree, which shows what
IPTC has moved in between; :data:`MOVED_SINCE` undoes that.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.enrich.tags.mediatopics import PATH

_ARMED_CONFLICT, _MACRO_ECONOMICS, _POLITICAL_PROCESS = "20000056", "20000346", "20000649"
_OF_THE_PROCESS = ("20000650", "20000652", "20000651", "20001312", "20000653")

MOVED_SINCE = {
    "20000059": "20000058",  # peacekeeping force → international military intervention
    "20000061": _ARMED_CONFLICT,  # missing in action
    "20000072": "20000071",  # genocide → massacre
    "20000078": "20000077",  # disarmament → post-war reconstruction
    **{
        f"20000{number}": _MACRO_ECONOMICS
        for number in (349, 350, 355, 363, 364, 371, 372, 373, 379, 381, 384)
    },
    "20000352": "20000351",  # consumer confidence → consumers
    "20000393": "20000392",  # loans → loan market
    "20000587": "11000000",  # fundamental rights → politics
    **dict.fromkeys(_OF_THE_PROCESS, _POLITICAL_PROCESS),
    "20001332": "20000822",  # bmx freestyle → competition discipline
}
"""Concept → the one that was broader in 2023, where the list's order says it was another one."""


def parents(rows: Iterable[Sequence[str]]) -> dict[str, str]:
    """Code → code of the broader concept, "" at the top. ``rows``: URI, code, then six columns, of
    which the one of the concept's level repeats the code; retired ones among them."""
    broader: dict[str, str] = {}
    stack: list[str] = []
    for row in rows:
        code = row[1]
        level = row[2:8].index(code) if code in row[2:8] else None
        if level is not None:
            stack = stack[:level]
            broader[code] = stack[-1] if stack else ""
            stack.append(code)
    return broader | {f"medtop:{code}": f"medtop:{above}" for code, above in MOVED_SINCE.items()}


def reduce(source: Mapping[str, Any], broader: Mapping[str, str]) -> dict[str, Any]:
    """What is kept of IPTC's list: ``[code, broader code, {language: name}]`` of active concepts.

    A broader concept that the list lacks or calls retired is passed over. Raises ValueError where
    the order of the list is not the tree's depth-first order.
    """
    active = {c["qcode"]: c["name"] for c in source["concepts"] if not c["retired"]}
    kept: list[list[Any]] = []
    branch: list[str] = []
    for code, names in active.items():
        above = broader[code]
        while above and above not in active:
            above = broader[above]
        if above and above not in branch:
            raise ValueError(f"{code} does not stand below {above}")
        branch = [*branch[: branch.index(above) + 1 if above else 0], code]
        kept.append([code, above, names])
    return {
        "source": "IPTC NewsCodes Media Topics (cv.iptc.org/newscodes/mediatopic)",
        "licence": "CC BY 4.0",
        "released": source["updated"],
        "concepts": kept,
    }


def main(listed: str, levels: str) -> None:
    """Write the table from the two files."""
    with Path(levels).open(encoding="utf-8", newline="") as lines:
        broader = parents(csv.reader(lines))
    table = reduce(json.loads(Path(listed).read_text(encoding="utf-8")), broader)
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    PATH.write_text(text.replace("}],", "}],\n") + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
