"""``python -m simulation.soak.page``: docs/reference/soak.md, from the results in data/soak."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from simulation.results import table
from simulation.soak.result import Result, read
from simulation.soak.rounds import Round

PAGE = Path("docs/reference/soak.md")
RESULTS = Path("data/soak")

MISSING, EARLY = "too few", "ended early"

HEAD = Path(__file__).with_name("page_head.md")
REMARKS = Path(__file__).with_name("page_remarks.md")
"""On the last run: written by people."""


def main() -> None:
    results = [read(file) for file in sorted(RESULTS.glob("*.json"))]
    if not results:
        sys.exit(f"no results in {RESULTS}: run make soak first")
    PAGE.write_text("\n".join([HEAD.read_text(), *_page(results)]))


def _page(results: Sequence[Result]) -> Iterator[str]:
    faults = sum(len(each.rounds) for each in results)
    yield f"## Last run: {max(each.day for each in results)}, {faults} faults\n"
    yield REMARKS.read_text()
    yield from _account(results)
    yield from _kinds(results)
    yield from _ends(results)
    yield from _memory(results)
    yield from _faults(results)


def _account(results: Sequence[Result]) -> Iterator[str]:
    yield "### Account\n"
    yield from table(
        "Deployment | Commit | Seed | Faults | Minutes | Versions listed | On news.raw"
        " | On news.enriched | Dead letters | Missing at the end | Doubled or out of order",
        (
            (
                each.name,
                each.commit,
                each.seed,
                len(each.rounds),
                f"{each.seconds / 60:.0f}",
                each.listed,
                each.raw,
                each.enriched,
                _listed(each.dead),
                sum(MISSING in line for line in each.wrong),
                sum(MISSING not in line and EARLY not in line for line in each.wrong),
            )
            for each in results
        ),
    )
    yield "Records that cannot be decoded are added to news.raw too; they become dead letters.\n"


def _kinds(results: Sequence[Result]) -> Iterator[str]:
    by_kind: defaultdict[str, list[Round]] = defaultdict(list)
    for each in results:
        for played in each.rounds:
            by_kind[played.kind].append(played)
    yield "### Faults by kind\n"
    yield "Seconds from the end of the fault until all that was listed had an outcome.\n"
    yield from table(
        "Kind | Faults | Median | Longest | Stuck",
        (
            (
                kind,
                len(rounds),
                f"{median(each.recovered for each in rounds):.1f}",
                f"{max(each.recovered for each in rounds):.1f}",
                sum(bool(each.stuck) for each in rounds),
            )
            for kind, rounds in sorted(by_kind.items())
        ),
    )


def _ends(results: Sequence[Result]) -> Iterator[str]:
    ends = sum((Counter(each.ends) for each in results), Counter())
    lines = sum((Counter(each.lines) for each in results), Counter())
    yield "### Processes that ended by themselves, and lines\n"
    yield f"Ended with a known line, and started again: {_listed(ends)}.\n"
    yield f"Lines written by newsline's processes: {_listed(lines)}.\n"


def _memory(results: Sequence[Result]) -> Iterator[str]:
    yield "### Memory\n"
    yield "PSS of each process with its children, in its longest life. The first value is after two"
    yield "minutes. The slope of a life of less than ten minutes says little.\n"
    yield from table(
        "Deployment | Process | Lives | Minutes | First MB | Last MB | MB per hour",
        (
            (
                each.name,
                of.name,
                of.lives,
                f"{of.minutes:.0f}",
                f"{of.first:.0f}",
                f"{of.last:.0f}",
                f"{of.per_hour:+.0f}" if of.minutes >= 10 else "",
            )
            for each in results
            for of in each.memory
        ),
    )


def _faults(results: Sequence[Result]) -> Iterator[str]:
    yield "### What was not as it must be\n"
    found = Counter(
        f"{each.name}: {_without_last_line(first)}"
        for each in results
        for first in (fault.splitlines()[0] for fault in each.faults())
        if MISSING not in first
    )
    yield "\n".join(f"- {number} × {line}" for line, number in found.items()) or "Nothing."


def _without_last_line(fault: str) -> str:
    """``ended without a known line: poll, exit code 1: …`` up to the code."""
    return re.sub(r"(?<=, exit code 1): .*", "", fault)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"


if __name__ == "__main__":
    main()
