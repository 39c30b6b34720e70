"""PromQL in deploy/: the alert rules' and the dashboard's, and the metrics that they ask for."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from prometheus_client.metrics import MetricWrapperBase

from newsline.service import metrics
from tests.deploy.files import DEPLOY

RULES = [
    rule
    for group in yaml.safe_load((DEPLOY / "prometheus" / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads(
    (DEPLOY / "grafana" / "dashboards" / "newsline.json").read_text()
)
TARGETS = [(panel["title"], target) for panel in DASHBOARD["panels"] for target in panel["targets"]]
INTERVALS = {"$__rate_interval": "1m"}
"""What Grafana puts in the place of its variables."""


def asked() -> dict[str, str]:
    """Every expression by a name for it."""
    rules = {rule["alert"]: str(rule["expr"]) for rule in RULES}
    panels = {f"{title}, {target['refId']}": target["expr"] for title, target in TARGETS}
    return rules | {name: _filled(expression) for name, expression in panels.items()}


def names(expression: str) -> set[str]:
    """The metrics of newsline and of Flink in the expression."""
    return set(re.findall(r"\b(?:newsline|flink)_\w+", re.sub(r'"[^"]*"', '""', expression)))


def served() -> dict[str, set[str]]:
    """Every series that newsline serves, with its labels."""
    series: dict[str, set[str]] = {}
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
