"""Open an existing state, for commands beside ``newsline poll``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from connectors.state import State
from connectors.state.engine import check_address, is_postgresql
from newsline.errors import OperatorError


@contextmanager
def existing_state(address: str) -> Iterator[State]:
    """The connectors' state. Raises OperatorError if its file does not exist."""
    check_address(address)
    if not is_postgresql(address) and not Path(address).exists():
        raise OperatorError(f"no state at {address}: give the --state of newsline poll")
    with closing(State(address)) as state:
        yield state
