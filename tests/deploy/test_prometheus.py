"""deploy/prometheus: good to promtool; each alert proved, each metric there, all in the runbook."""

from __future__ import annotations

import re

import pytest
import yaml

from newsline.outcomes import FetchOutcome, PollOutcome
from tests.deploy import tools
from tests.deploy.expressions import RULES, asked, names, served
from tests.deploy.files import CHECKOUT, DEPLOY

PROOFS = CHECKOUT / "tests" / "deploy" / "alerts.test.yaml"
ALERTS = [rule["alert"] for rule in RULES]
EXPRESSIONS = asked()


@pytest.mark.slow
def test_prometheus_takes_its_configuration_and_the_rules():
    tools.promtool("check", "config", DEPLOY / "prometheus" / "prometheus.yaml")


@pytest.mark.slow
def test_every_alert_fires_and_is_silent_when_it_should_be():
    tools.promtool("test", "rules", PROOFS)


@pytest.mark.parametrize("alert", ALERTS)
def test_the_proofs_have_each_alert_firing_and_silent(alert):
    cases = [
        case
        for proof in yaml.safe_load(PROOFS.read_text())["tests"]
        for case in proof["alert_rule_test"]
        if case["alertname"] == alert
    ]
    assert {bool(case["exp_alerts"]) for case in cases} == {True, False}


@pytest.mark.slow
def test_a_rule_that_never_fires_would_not_pass(tmp_path):
    dead = re.sub(r"> 300", "> 300000", (DEPLOY / "prometheus" / "alerts.yaml").read_text())
    (tmp_path / "alerts.yaml").write_text(dead)
    proofs = yaml.safe_load(PROOFS.read_text()) | {"rule_files": ["alerts.yaml"]}
    (tmp_path / "proofs.yaml").write_text(yaml.safe_dump(proofs))
    with pytest.raises(AssertionError, match="NewslineLag"):
        tools.promtool("test", "rules", tmp_path / "proofs.yaml")


@pytest.mark.parametrize("rule", RULES, ids=ALERTS)
def test_each_alert_says_how_urgent_it_is_and_where_the_runbook_has_it(rule):
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]
    path, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (CHECKOUT / path).read_text(), re.MULTILINE)
    assert anchor == rule["alert"].lower()
    assert rule["alert"] in headings


def test_the_runbook_has_no_alert_that_does_not_exist():
    runbook = (DEPLOY / "RUNBOOK.md").read_text()
    assert set(re.findall(r"^## (Newsline\w+)$", runbook, re.MULTILINE)) == set(ALERTS)


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


def test_each_outcome_that_is_asked_for_is_one():
    outcomes = {str(outcome) for outcome in [*PollOutcome, *FetchOutcome]}
    values = re.findall(r'outcome!?=~?"([\w|]+)"', " ".join(EXPRESSIONS.values()))
    assert values
    assert {value for each in values for value in each.split("|")} <= outcomes
