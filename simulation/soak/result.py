"""The result of a soak on one deployment, as a file and as a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from simulation.results import commit
from simulation.soak import log_lines
from simulation.soak.account import Ledger
from simulation.soak.deployment import Deployment
from simulation.soak.memory import Growth, growths
from simulation.soak.rounds import Round, Soak

GROWN_SHARE = 1.3
GROWN_MEGABYTES = 40.0
"""A process has grown if its last size exceeds its first by both."""


class Result(msgspec.Struct, frozen=True):
    """``wrong``: what does not add up. ``ends``: how often a process ended by itself, by its line;
    ``odd_ends``: those without a known line. ``lines``: known lines by name."""

    name: str
    commit: str
    day: str
    seed: int
    seconds: float
    rounds: list[Round]
    listed: int
    raw: int
    enriched: int
    dead: dict[str, int]
    wrong: list[str]
    ends: dict[str, int]
    odd_ends: list[str]
    lines: dict[str, int]
    unknown: dict[str, int]
    memory: list[Growth]

    def faults(self) -> Iterator[str]:
        """What is not as it must be."""
        yield from self.wrong
        yield from (f"stuck after {each.fault}\n{each.stuck}" for each in self.rounds if each.stuck)
        yield from (f"ended without a known line: {each}" for each in self.odd_ends)
        yield from (f"unknown line: {line}" for line in self.unknown)
        for each in self.memory:
            if each.last > each.first + GROWN_MEGABYTES and each.last > GROWN_SHARE * each.first:
                yield f"{each.name} has grown from {each.first:.0f} to {each.last:.0f} MB"


def result(
    name: str, seed: int, seconds: float, deployment: Deployment, soak: Soak, broken: str
) -> Result:
    listed = deployment.newsroom.listed()
    ledger: Ledger = soak.ledger
    lines = log_lines.sort({name: each.output() for name, each in deployment.commands.items()})
    ends: dict[str, int] = {}
    odd = []
    for end, count in deployment.ends.items():
        known = log_lines.find(end.name, end.line)
        if known and known.ends and end.code == 1:
            ends[known.name] = ends.get(known.name, 0) + count
        elif end.line == "server":
            ends[f"{end.name} ended"] = count
        else:
            odd.append(f"{end.name}, exit code {end.code}: {end.line}")
    return Result(
        name,
        commit(),
        f"{datetime.now(UTC):%Y-%m-%d}",
        seed,
        seconds,
        soak.rounds,
        len(listed),
        ledger.raw.total(),
        len(ledger.enriched),
        dict(ledger.reasons),
        [*ledger.wrong(listed), *([broken] if broken else [])],
        ends,
        odd,
        dict(lines.known),
        dict(lines.unknown),
        growths(soak.samples),
    )


def read(file: Path) -> Result:
    return msgspec.json.decode(file.read_bytes(), type=Result)
