"""deploy/prometheus: good to promtool; each alert proved, each metric there, all in the runbook."""

from __future__ import annotations

import re

import pytest
import yaml

from newsline.outcomes import FetchOutcome, PollOutcome
from tests.deploy import tools
from tests.deploy.alert_cases import CASES
from tests.deploy.alert_proofs import proofs
from tests.deploy.expressions import ALERTS, RULE_FILES, RULES, asked, names, served
from tests.deploy.files import DEPLOY

CORE, FLINK = (DEPLOY / "prometheus" / name for name in ("alerts.yaml", "alerts-flink.yaml"))
EXPRESSIONS = asked()
RECORDED = {rule["record"] for rule in RULES if "record" in rule}
NAMES = [rule["alert"] for rule in ALERTS]


@pytest.mark.slow
def test_prometheus_takes_its_configuration_and_the_rules():
    tools.promtool("check", "config", DEPLOY / "prometheus" / "prometheus.yaml")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("flink", "step"), sorted({(case.flink, case.step) for case in CASES}), ids=str
)
def test_each_fault_fires_its_alert_and_no_other_and_the_alert_clears(flink, step, tmp_path):
    cases = [case for case in CASES if (case.flink, case.step) == (flink, step)]
    _prove([CORE, FLINK] if flink else [CORE], cases, tmp_path)


@pytest.mark.slow
def test_a_rule_that_never_fires_would_not_pass(tmp_path):
    dead = CORE.read_text().replace("job_silent_seconds) > 70", "job_silent_seconds) > 9e9")
    assert dead != CORE.read_text()
    rules = tmp_path / "alerts.yaml"
    rules.write_text(dead)
    stopped = [case for case in CASES if case.name == "the job is stopped while articles come"]
    with pytest.raises(AssertionError, match="NewslineJobSilent"):
        _prove([rules], stopped, tmp_path)


def _prove(rules, cases, tmp_path):
    severities = {rule["alert"]: rule["labels"]["severity"] for rule in ALERTS}
    path = tmp_path / "proofs.yaml"
    path.write_text(yaml.safe_dump(proofs(rules, severities, cases)))
    tools.promtool("test", "rules", path)


@pytest.mark.parametrize("alert", sorted(set(NAMES)))
def test_some_case_has_the_alert_firing_and_then_cleared(alert):
    assert any(_fires_and_clears(list(case.fires.values()), alert) for case in CASES)


def _fires_and_clears(fires, alert):
    firing = [any(alert == each.partition(" ")[0] for each in names) for names in fires]
    return True in firing and not firing[-1]


@pytest.mark.parametrize("rule", ALERTS, ids=NAMES)
def test_each_alert_says_how_urgent_it_is_and_where_the_runbook_has_it(rule):
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]
    url, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert url.startswith("https://")
    headings = re.findall(r"^#+ (.+)$", (DEPLOY / "RUNBOOK.md").read_text(), re.MULTILINE)
    assert anchor == rule["alert"].lower()
    assert rule["alert"] in headings


@pytest.mark.slow
def test_each_expression_is_promql(tmp_path):
    rules = [{"record": f"x{n}", "expr": each} for n, each in enumerate(EXPRESSIONS.values())]
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": rules}]}))
    assert f"{len(rules)} rules found" in tools.promtool("check", "rules", path)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_each_metric_and_label_of_newsline_is_there(name):
    expression = EXPRESSIONS[name]
    ours = {each for each in names(expression) if each.startswith("newsline_")}
    series = served()
    assert ours <= series.keys()
    if ours:
        grouped = {
            label
            for inside in re.findall(r"\bby \(([\w, ]+)\)", expression)
            for label in inside.split(", ")
        }
        assert grouped <= set().union(*(series[each] for each in ours))


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_each_recorded_series_is_recorded(name):
    assert set(re.findall(r"\bnewsline:[\w:]+", EXPRESSIONS[name])) <= RECORDED


def test_flinks_rules_are_apart():
    assert {path.name for path in RULE_FILES if "flink_" in path.read_text()} == {FLINK.name}


def test_each_outcome_that_is_asked_for_is_one():
    outcomes = {str(outcome) for outcome in [*PollOutcome, *FetchOutcome]}
    values = re.findall(r'outcome!?=~?"([\w|]+)"', " ".join(EXPRESSIONS.values()))
    assert values
    assert {value for each in values for value in each.split("|")} <= outcomes
