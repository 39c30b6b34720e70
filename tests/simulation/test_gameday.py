"""A short game day: each fault has its alert, its stage and its commands, and all of them end."""

from __future__ import annotations

import msgspec
import pytest

from simulation.gameday.__main__ import gameday
from simulation.gameday.expectations import expectations, runbook_section
from simulation.gameday.log_lines import LogLines, log_lines
from simulation.gameday.play import Limits
from simulation.gameday.result import Played, Tried

FAULTS = ["poison records", "state locked"]
"""`make gameday` has the others, and Kafka."""


@pytest.mark.slow
def test_each_fault_of_a_short_game_day_is_seen_as_expected(tmp_path):
    limits = Limits(watch=5.0, see=2.0)
    done = gameday("embedded", tmp_path, FAULTS, limits=limits)
    assert list(done.wrong()) == []
    assert {each.fault for each in done.played} == set(FAULTS)
    assert done.lines.read


def test_a_line_of_a_log_that_is_no_json_is_a_fault(tmp_path):
    (tmp_path / "poll.log").write_text(
        '{"time": "t", "level": "info", "event": "start", "message": "m"}\nFatal Python error\n{}\n'
    )
    lines = log_lines([tmp_path / "poll.log"])
    assert lines == LogLines(1, ("Fatal Python error", "{}"))


def test_the_runbook_has_a_section_for_each_alert_and_names_the_commands():
    for expected in expectations():
        if expected.alert:
            section = runbook_section(expected.alert)
            assert section, expected.alert
            for command in expected.commands:
                assert f"`{command.run}`" in section, expected.fault


PLAYED = Played(
    fault="job killed",
    commit="0123456789",
    alert="NewslineJobSilent",
    stage="job",
    conditions=["broken"],
    limit=10.0,
    fired=4.0,
    others={},
    follow=["NewslineLagGrowing"],
    named=20.0,
    condition="broken",
    named_stage="job",
    sentence="The job does not commit",
    status_exit=2,
    expected_status_exit=2,
    tried=[Tried("newsline topics", 0, 0, shows=True, listed=True)],
    cleared=2.0,
    well=3.0,
)


def test_what_is_as_expected_has_no_fault():
    assert list(PLAYED.wrong()) == []
    followed = msgspec.structs.replace(PLAYED, others={"NewslineLagGrowing": 9.0})
    assert list(followed.wrong()) == []


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("fired", None, "NewslineJobSilent did not fire"),
        ("fired", 11.0, "NewslineJobSilent fired after 11 s, not within 10 s"),
        ("others", {"NewslineOutage": 3.0}, "NewslineOutage fired too"),
        ("named", None, "the verdict was: broken, job: The job does not commit"),
        ("named", 31.0, "the verdict named it after 31 s, not within 30 s"),
        ("status_exit", 0, "newsline status ended with 0"),
        ("cleared", None, "alerts did not clear"),
        ("well", None, "the verdict did not become healthy again"),
        (
            "tried",
            [Tried("newsline topics", 1, 0, shows=True, listed=True)],
            "`newsline topics` ended with 1, shows it: True",
        ),
    ],
)
def test_what_is_not_as_expected_shows(field, value, fault):
    assert list(msgspec.structs.replace(PLAYED, **{field: value}).wrong()) == [fault]
