"""The connectors' state, opened by commands that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from connectors.state import State
from connectors.state.engine import is_postgresql
from newsline.errors import OperatorError


@contextmanager
def existing_state(address: str) -> Iterator[State]:
    """The connectors' state, for who only looks: a file that does not exist is an error."""
    if not is_postgresql(address) and not Path(address).exists():
        raise OperatorError(f"no state at {address}: name that of newsline poll with --state")
    with closing(State(address)) as state:
        yield state
