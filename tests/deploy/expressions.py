"""PromQL in deploy/: the alert rules' and the dashboard's, and the metrics that they ask for."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from prometheus_client.metrics import MetricWrapperBase

from newsline.service import metrics, status_metrics
from tests.deploy.files import DEPLOY

RULE_FILES = sorted((DEPLOY / "prometheus").glob("alerts*.yaml"))
RULES = [
    rule
    for path in RULE_FILES
    for group in yaml.safe_load(path.read_text())["groups"]
    for rule in group["rules"]
]
ALERTS = [rule for rule in RULES if "alert" in rule]
DASHBOARD: dict[str, Any] = json.loads(
    (DEPLOY / "grafana" / "dashboards" / "newsline.json").read_text()
)
TARGETS = [
    (panel["title"], target) for panel in DASHBOARD["panels"] for target in panel.get("targets", [])
]
MARKED = {each["name"]: each["expr"] for each in DASHBOARD["annotations"]["list"]}
INTERVALS = {"$__rate_interval": "1m", "$window": "15m"}
"""What Grafana puts in the place of its variables."""


def asked() -> dict[str, str]:
    """Every expression by a name for it."""
    rules = {
        f"{rule.get('alert', rule.get('record'))} {rule.get('labels', '')}".strip(): str(
            rule["expr"]
        )
        for rule in RULES
    }
    panels = {f"{title}, {target['refId']}": target["expr"] for title, target in TARGETS}
    return rules | {name: _filled(each) for name, each in (MARKED | panels).items()}


def names(expression: str) -> set[str]:
    """The metrics of newsline and of Flink in the expression."""
    return set(re.findall(r"\b(?:newsline|flink)_[\w:]+", re.sub(r'"[^"]*"', '""', expression)))


def served() -> dict[str, set[str]]:
    """Every series that newsline serves, with its labels."""
    series = {metric.name: set(metric.labels) for metric in status_metrics.METRICS}
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            family = next(iter(metric.describe()))
            suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}
            for suffix in suffixes.get(family.type, ("",)):
                labels = {"le"} if suffix == "_bucket" else set()
                series[family.name + suffix] = {*metric._labelnames, *labels}
    return series


def _filled(expression: str) -> str:
    for variable, value in INTERVALS.items():
        expression = expression.replace(variable, value)
    return str(expression)
