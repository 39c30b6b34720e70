"""What a monitor reads from the connector's state, by ``connectors.cli.monitor_state``."""

from __future__ import annotations

import time
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol

from newsline.monitor.feeds_condition import FeedsCondition

STATE_MONITOR = "connectors.cli.monitor_state"
NEEDED = "sqlalchemy"


class FeedsReader(Protocol):
    """An open state."""

    def feeds(self, now: float) -> FeedsCondition:
        """The feeds' condition. Raises OperatorError while the state cannot be read."""
        ...


def is_installed() -> bool:
    """True if this installation has the packages that read the state."""
    return find_spec(NEEDED) is not None


class StateLook:
    """Opens the state at the first use, and again after an error."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._stack = ExitStack()
        self._reader: FeedsReader | None = None

    def __call__(self) -> FeedsCondition:
        if self._reader is None:
            opened = import_module(STATE_MONITOR).open_state(self._address)
            self._reader = self._stack.enter_context(opened)
        assert self._reader
        try:
            return self._reader.feeds(time.time())
        except BaseException:
            self._reader = None
            self._stack.close()
            raise
