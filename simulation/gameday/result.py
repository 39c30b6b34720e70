"""The result of a game day on one deployment, as a file and as a verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import msgspec

from simulation.gameday.log_lines import LogLines

NAMED_SECONDS = 30.0
"""The verdict is to name the stage within these, by the real clock."""


class Tried(msgspec.Struct, frozen=True):
    """A command of the runbook that was run during the fault. ``listed``: the runbook's section has
    it."""

    command: str
    exit: int
    expected_exit: int
    shows: bool
    listed: bool
    output: str = ""

    @property
    def is_right(self) -> bool:
        return self.exit == self.expected_exit and self.shows and self.listed


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that was brought about. Times are in seconds by the real clock: from the beginning of
    the fault, or, in ``cleared`` and ``well``, from its end; None: not in time.

    ``commit``: of the newsline. ``alert``, ``stage``: as expected. ``named``: when the verdict was
    first as expected.
    ``others``: alerts that fired besides; of them, ``follow`` are of the same cause.
    """

    fault: str
    commit: str
    alert: str | None
    stage: str | None
    conditions: Sequence[str]
    limit: float
    fired: float | None
    others: dict[str, float]
    follow: Sequence[str]
    named: float | None
    condition: str
    named_stage: str | None
    sentence: str
    status_exit: int
    expected_status_exit: int
    tried: Sequence[Tried]
    cleared: float | None
    well: float | None
    seen: Sequence[str] = ()
    note: str = ""

    def wrong(self) -> Iterator[str]:
        """What is not as it must be."""
        if self.alert and self.fired is None:
            yield f"{self.alert} did not fire"
        elif self.fired is not None and self.fired > self.limit:
            yield f"{self.alert} fired after {self.fired:.0f} s, not within {self.limit:.0f} s"
        for name in self.others:
            if name not in self.follow:
                yield f"{name} fired too"
        if self.named is not None and self.named > NAMED_SECONDS:
            yield f"the verdict named it after {self.named:.0f} s, not within {NAMED_SECONDS:.0f} s"
        elif self.named is None:
            yield f"the verdict was: {self.condition}, {self.named_stage}: {self.sentence}"
        if self.status_exit != self.expected_status_exit:
            yield f"newsline status ended with {self.status_exit}"
        for each in self.tried:
            if not each.is_right:
                yield f"`{each.command}` ended with {each.exit}, shows it: {each.shows}" + (
                    "" if each.listed else ", and is not in the runbook's section"
                )
        if self.cleared is None:
            yield "alerts did not clear"
        if self.well is None:
            yield "the verdict did not become healthy again"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """``left_out``: faults that this machine cannot have. ``factor``: by which the rules were
    faster. ``lines``: of the logs of newsline's processes."""

    name: str
    day: str
    factor: float
    seconds: float
    played: Sequence[Played]
    left_out: Sequence[str]
    lines: LogLines = LogLines()

    def wrong(self) -> Iterator[str]:
        for each in self.played:
            for line in each.wrong():
                yield f"{self.name}: {each.fault}: {line}"
        for line in self.lines.other:
            yield f"{self.name}: no JSON on a line of a log: {line[:200]}"


def result(
    name: str,
    factor: float,
    seconds: float,
    played: Sequence[Played],
    left_out: Sequence[str],
    lines: LogLines,
) -> Result:
    return Result(
        name=name,
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        factor=factor,
        seconds=seconds,
        played=played,
        left_out=left_out,
        lines=lines,
    )


def played_again(before: Result, now: Result) -> Result:
    """The result before, with what has been played again since."""
    again = {each.fault: each for each in now.played}
    played = [again.pop(each.fault, each) for each in before.played]
    seconds = before.seconds + now.seconds
    both = (before.lines, now.lines)
    lines = LogLines(sum(each.read for each in both), tuple(chain(*(each.other for each in both))))
    return msgspec.structs.replace(
        now, played=[*played, *again.values()], seconds=seconds, lines=lines
    )


def read(file: Path) -> Result:
    return msgspec.json.decode(file.read_bytes(), type=Result)
