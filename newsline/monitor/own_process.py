"""This process, as a monitor within it shows it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from newsline.monitor.snapshot import FlowStage, ProcessNow


def own_process(stage: FlowStage) -> Callable[[], Sequence[ProcessNow]]:
    """The process that serves this stage from now on."""
    started = time.monotonic()

    def now() -> Sequence[ProcessNow]:
        age = time.monotonic() - started
        return [ProcessNow(stage=stage, state="running", age_seconds=age)]

    return now
