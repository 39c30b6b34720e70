"""The words of the verdict, and what they point to."""

import re
from pathlib import Path

import pytest

from newsline.cli.commands import COMMANDS
from newsline.monitor.verdict import findings

RUNBOOK = Path(__file__).parents[3] / "deploy" / "RUNBOOK.md"


def anchors():
    """As GitHub makes them of headings."""
    headings = re.findall(r"^##+ (.+)$", RUNBOOK.read_text(), re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("name", findings())
def test_a_finding_points_to_a_section_of_the_runbook_and_to_a_command_that_exists(name):
    finding = findings()[name]
    assert finding.runbook in anchors()
    program, command, *_ = finding.command.split()
    assert program in ("df", "date") or (program == "newsline" and command in COMMANDS)
