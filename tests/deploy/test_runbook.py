"""deploy/RUNBOOK.md: a section for each alert and for each finding of the verdict."""

from __future__ import annotations

import re

import pytest

from newsline.monitor.verdict import findings
from tests.deploy.expressions import ALERTS
from tests.deploy.files import DEPLOY

RUNBOOK = (DEPLOY / "RUNBOOK.md").read_text()
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^#)", RUNBOOK, re.MULTILINE | re.DOTALL))
NAMES = sorted({rule["alert"] for rule in ALERTS})


def test_it_has_no_alert_that_does_not_exist():
    assert {name for name in SECTIONS if name.startswith("Newsline")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_alert_has_what_one_sees_and_what_to_do(name):
    assert "**You see**" in SECTIONS[name]
    assert "**Do**" in SECTIONS[name]


@pytest.mark.parametrize("name", findings())
def test_each_finding_of_the_verdict_has_a_section(name):
    anchors = {re.sub(r"\W+", "-", title.lower()) for title in SECTIONS}
    assert findings()[name].runbook in anchors
