"""The date of a finding that its snapshot does not date."""

from msgspec.structs import replace

from newsline.monitor.since import Since
from newsline.monitor.verdict import verdict
from tests.support.pipeline_snapshots import NOW, WELL, disk, seen

FULL = seen(disks=[disk("state", 0, 0.0)])


def dated(since, snapshot, watched, at=NOW):
    now = replace(snapshot, watched_seconds=watched, at=at)
    return since.note(verdict(now), now).since


def test_a_full_disk_is_dated_from_when_the_monitor_first_saw_it():
    since = Since()
    assert dated(since, WELL, 60.0) is None
    assert dated(since, FULL, 62.0) == NOW
    assert dated(since, FULL, 92.0, at=NOW + 30) == NOW


def test_a_fault_that_was_there_at_the_monitors_start_has_no_date():
    since = Since()
    dated(since, FULL, 3.0)
    assert dated(since, FULL, 300.0) is None


def test_a_fault_that_returns_is_dated_anew():
    since = Since()
    dated(since, FULL, 60.0)
    dated(since, WELL, 70.0)
    assert dated(since, FULL, 80.0, at=NOW + 20) == NOW + 20


def test_a_clock_that_steps_leaves_the_duration_as_it_is():
    since = Since()
    dated(since, FULL, 60.0)
    assert dated(since, FULL, 90.0, at=NOW - 86_400) == NOW - 86_400 - 30


def test_a_finding_with_a_date_of_its_own_keeps_it():
    since = Since()
    gone = seen(broker_problem="refused", broker_problem_seconds=25.0, read_at={"topics": NOW - 25})
    assert dated(since, gone, 60.0) == verdict(gone).since == NOW - 25
