"""How a monitor opens the connectors' state."""

from __future__ import annotations

from contextlib import closing

import pytest

from connectors.cli.monitor_state import open_state
from connectors.feedlist.feed_list import Feed
from connectors.state import State
from newsline.errors import OperatorError


def test_the_feeds_are_read_while_a_connector_has_the_state(tmp_path):
    address = str(tmp_path / "state.db")
    with closing(State(address)) as connector:
        connector.enlist([Feed("https://f.example/feed")])
        with open_state(address) as monitor:
            assert monitor.feeds(1_800_000_000.0).health == {"new": 1}


def test_no_state_is_made_by_looking_for_it(tmp_path):
    missing = tmp_path / "state.db"
    with pytest.raises(OperatorError, match="no state at"), open_state(str(missing)):
        pass
    assert not missing.exists()
