"""Dates a finding that the snapshot itself does not date, such as a full disk."""

from __future__ import annotations

import msgspec

from newsline.monitor.rules import FIRST_LOOK_SECONDS
from newsline.monitor.snapshot import Snapshot, Verdict

Finding = tuple[str | None, ...]


class Since:
    """Remembers when the monitor first saw the finding that the verdict names."""

    def __init__(self) -> None:
        self._finding: Finding = ()
        self._seen: float | None = None

    def note(self, verdict: Verdict, now: Snapshot) -> Verdict:
        """The verdict, dated if the monitor saw its finding begin. Times are those of the
        monitor's own clock, so that a step of the wall clock moves no date."""
        finding = (verdict.stage, verdict.runbook, verdict.command)
        if finding != self._finding:
            self._finding = finding
            is_older = now.watched_seconds < FIRST_LOOK_SECONDS  # it was there at the start
            self._seen = None if is_older else now.watched_seconds
        if verdict.stage is None or verdict.since is not None or self._seen is None:
            return verdict
        since = now.at - (now.watched_seconds - self._seen)
        return msgspec.structs.replace(verdict, since=since)
