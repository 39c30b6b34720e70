"""One fault after another, each from a healthy newsline to a healthy newsline."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from simulation.gameday.deployment import Deployment, open_deployment
from simulation.gameday.expectations import Command, Expectation, runbook_section
from simulation.gameday.faults import Injected, faults
from simulation.gameday.result import Played, Tried
from simulation.gameday.watch import Sight, Watch, fired
from simulation.results import commit

MINUTE = 60.0
STATUS_EXITS = {"healthy": 0, "quiet": 0, "starting": 1, "degraded": 1, "unknown": 2, "broken": 2}
SETTLE_SECONDS = 5.0
"""Time for the first scrapes."""

OUTPUT = 2_000
"""Characters kept of what a command prints."""


class Limits(NamedTuple):
    """Seconds by the real clock. ``watch``: of a fault that no alert is expected of; ``see``: after
    all that was expected, for what else fires; ``recover``: until all is well again."""

    watch: float = 35.0
    see: float = 5.0
    recover: float = 150.0


class GameDay:
    """Plays faults on one deployment; after a fault that leaves a trace it is set up anew."""

    def __init__(self, name: str, directory: Path, factor: float, limits: Limits) -> None:
        self._name = name
        self._directory = directory
        self._factor = factor
        self._limits = limits
        self.left_out: list[str] = []

    def play(self, expected: Sequence[Expectation]) -> Iterator[Played]:
        left = [each for each in expected if self._name in each.on]
        number = 0
        while left:
            number += 1
            directory = self._directory / f"{self._name}-{number}"
            with open_deployment(self._name, directory, self._factor) as (deployment, prometheus):
                watch = Watch(deployment, prometheus)
                watch.until(lambda _: False, SETTLE_SECONDS)
                if not watch.until(lambda sight: sight.is_well, self._limits.recover):
                    raise AssertionError(f"not well at the start\n{deployment.last_lines()}")
                while left:
                    expectation = left.pop(0)
                    injected = faults(deployment).get(expectation.fault)
                    if injected is None:
                        self.left_out.append(expectation.fault)
                        continue
                    played = self._play(expectation, injected, deployment, watch)
                    yield played
                    if played.well is None:
                        break

    def _play(
        self,
        expected: Expectation,
        injected: Injected,
        deployment: Deployment,
        watch: Watch,
    ) -> Played:
        limit = expected.minutes * MINUTE / self._factor
        watch.begin()
        with injected():
            watch.until(lambda sight: _has_come(sight, expected), max(limit, self._limits.watch))
            seen = self._limits.see if expected.alert else self._limits.watch - watch.elapsed()
            watch.until(lambda _: False, seen)
            last = watch.look()
            during = list(watch.sights)
            status = deployment.newsline("status", deployment.page)
            tried = [_tried_twice(command, expected, deployment) for command in expected.commands]
            ended = watch.elapsed()
        for repair in expected.repairs:
            deployment.newsline(*shlex.split(repair)[1:])
        cleared, well = self._recover(watch, ended)
        named = next((sight for sight in during if _is_named(sight, expected)), None)
        alerts = fired(during)
        shown = named or last
        return Played(
            fault=expected.fault,
            commit=commit(),
            alert=expected.alert,
            stage=expected.stage,
            conditions=expected.conditions,
            limit=limit,
            fired=alerts.get(expected.alert or ""),
            others={name: at for name, at in alerts.items() if name != expected.alert},
            follow=expected.follow,
            named=named.at if named else None,
            condition=shown.condition,
            named_stage=shown.stage,
            sentence=shown.sentence,
            status_exit=status.returncode,
            expected_status_exit=STATUS_EXITS[expected.conditions[0]],
            tried=tried,
            cleared=cleared,
            well=well,
            seen=[_line(sight) for sight in watch.sights],
            note=expected.note,
        )

    def _recover(self, watch: Watch, ended: float) -> tuple[float | None, float | None]:
        """Seconds until no alert fired any more, and until all was well."""
        end = time.monotonic() + self._limits.recover
        cleared = None
        if watch.until(lambda sight: not sight.firing, self._limits.recover):
            cleared = watch.elapsed() - ended
        calm = watch.until(lambda sight: sight.is_well, end - time.monotonic())
        return cleared, watch.elapsed() - ended if calm else None


def _has_come(sight: Sight, expected: Expectation) -> bool:
    alert = expected.alert is not None and expected.alert in sight.firing
    return alert and _is_named(sight, expected)


def _is_named(sight: Sight, expected: Expectation) -> bool:
    stage = expected.stage is None or sight.stage == expected.stage
    return stage and sight.condition in expected.conditions


def _tried_twice(command: Command, expected: Expectation, deployment: Deployment) -> Tried:
    """On a busy machine a command may answer that it does not know yet; then it is repeated."""
    first = _tried(command, expected, deployment)
    return first if first.is_right else _tried(command, expected, deployment)


def _tried(command: Command, expected: Expectation, deployment: Deployment) -> Tried:
    done = deployment.newsline(*shlex.split(command.run)[1:])
    output = done.stdout + done.stderr
    section = runbook_section(expected.alert) if expected.alert else command.run
    return Tried(
        command.run,
        done.returncode,
        command.exit,
        re.search(command.phrase, output) is not None,
        command.run in section,
        output[-OUTPUT:],
    )


def _line(sight: Sight) -> str:
    """A moment in one line."""
    alerts = ", ".join([*sorted(sight.firing), *(f"({name})" for name in sorted(sight.pending))])
    return f"{sight.at:.1f} s: {sight.condition}, {sight.stage}: {sight.sentence} [{alerts}]"
