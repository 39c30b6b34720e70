"""For how long a connector has done nothing although it had work."""

from __future__ import annotations

import msgspec

from newsline.monitor.connector_silence import ConnectorSilence
from newsline.monitor.feeds_condition import FeedsCondition, OwnOutage
from tests.support.pipeline_snapshots import FEEDS

WAITING = msgspec.structs.replace(FEEDS, overdue=3, overdue_seconds=900.0, outage=None)


def probed(seen: float) -> FeedsCondition:
    """Feeds that wait in an outage of our own network, and the last probe."""
    outage = OwnOutage(since=WAITING.at - 900, seen=seen, cause="dns")
    return msgspec.structs.replace(WAITING, outage=outage)


def test_a_connector_with_feeds_that_are_due_is_silent_until_a_poll_ends():
    silence = ConnectorSilence()
    silence.note(WAITING, 7, 0.0)
    before = silence.note(WAITING, 7, 60.0)
    assert before >= 60.0
    assert silence.note(WAITING, 8, 70.0) == 0.0


def test_in_an_outage_of_our_own_network_each_probe_is_a_sign_of_life():
    silence = ConnectorSilence()
    assert silence.note(probed(WAITING.at - 10), 7, 0.0) <= 10.0
    assert silence.note(probed(WAITING.at + 20), 7, 30.0) == 0.0
    assert silence.note(probed(WAITING.at + 20), 7, 90.0) == 60.0
