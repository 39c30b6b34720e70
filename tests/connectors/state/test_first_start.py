"""A connector and a monitor may open a new state at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from connectors.state import State

AT_ONCE = 4


def test_each_of_several_that_open_a_new_state_at_once_can_use_it(tmp_path):
    begin = Barrier(AT_ONCE)

    def use(_: int) -> int:
        begin.wait()
        state = State(str(tmp_path / "state.db"))
        try:
            return len(state.feeds())
        finally:
            state.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(use, range(AT_ONCE))) == [0] * AT_ONCE
