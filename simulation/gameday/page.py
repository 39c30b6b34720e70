"""``python -m simulation.gameday.page``: docs/reference/game-day.md, from data/gameday."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulation.gameday.result import Played, Result, Tried, read
from simulation.results import table

PAGE = Path("docs/reference/game-day.md")
RESULTS = Path("data/gameday")
SCRATCH = re.compile(r"/\S+/newsline-gameday-\w+/[\w-]+/")
HEAD = Path(__file__).with_name("page_head.md")


def main() -> None:
    results = [read(file) for file in sorted(RESULTS.glob("*.json"))]
    if not results:
        sys.exit(f"no results in {RESULTS}: run make gameday first")
    PAGE.write_text("\n".join([HEAD.read_text(), *_page(results), ""]))


def _page(results: Sequence[Result]) -> Iterator[str]:
    for each in results:
        yield from _round(each)
    yield "## What was not as it must be\n"
    yield "\n".join([f"- {line}" for each in results for line in each.wrong()] or ["Nothing."])


def _round(of: Result) -> Iterator[str]:
    yield f"## {of.name}: {of.day}\n"
    minutes = of.seconds / 60
    yield f"{len(of.played)} faults in {minutes:.0f} minutes; rules {of.factor:g} times as fast."
    yield f"Commit {', '.join(sorted({each.commit for each in of.played}))}.\n"
    yield from table(
        "Fault | Alert | fired after | Others | Verdict | named after | `newsline status`"
        " | Cleared after | Healthy after",
        (_seen(each, of.factor) for each in of.played),
    )
    if of.left_out:
        yield f"Left out on this machine: {', '.join(of.left_out)}.\n"
    read, other = of.lines.read, len(of.lines.other)
    yield f"Lines of newsline's processes by `--log json`: {read:,}; others: {other}.\n"
    notes = [f"- {each.fault}: {each.note}." for each in of.played if each.note]
    yield "\n".join([*notes, ""])
    yield f"### {of.name}: what the page and the runbook's commands said\n"
    yield from table(
        "Fault | Verdict | Commands",
        (
            (each.fault, SCRATCH.sub("", each.sentence), "<br>".join(map(_command, each.tried)))
            for each in of.played
        ),
    )


def _seen(of: Played, factor: float) -> Sequence[object]:
    others = ", ".join(
        f"{name} {_minutes(at, factor)}" for name, at in sorted(of.others.items(), key=_at)
    )
    verdict = f"{of.condition}: {of.named_stage}" if of.named_stage else of.condition
    return (
        of.fault,
        of.alert or "none",
        _minutes(of.fired, factor) if of.alert else "",
        others,
        verdict,
        "not" if of.named is None else f"{of.named:.0f} s",
        of.status_exit,
        _minutes(of.cleared, factor),
        "not" if of.well is None else f"{of.well:.0f} s",
    )


def _at(named: tuple[str, float]) -> float:
    return named[1]


def _minutes(seconds: float | None, factor: float) -> str:
    return "not" if seconds is None else f"{seconds * factor / 60:.0f} min"


def _command(of: Tried) -> str:
    return f"`{of.command}`: {of.exit}" + ("" if of.is_right else ", not as promised")


if __name__ == "__main__":
    main()
