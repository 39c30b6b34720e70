"""The part of a monitor that reads the connectors' state."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.cli.open_state import existing_state
from connectors.state import State
from newsline.monitor.feeds_condition import FeedsCondition


@contextmanager
def open_state(address: str) -> Iterator[StateMonitor]:
    """Open an existing state. Raises OperatorError if there is none."""
    with existing_state(address) as state:
        yield StateMonitor(state)


class StateMonitor:
    """The feeds' condition, on the connectors' database. ``name``: without a password."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.name = state.name

    def feeds(self, now: float) -> FeedsCondition:
        """Raises StateUnreachable, an OperatorError, while the database cannot be read."""
        return self._state.condition(now)
