"""The bundle's files. Pure but for the files of deploy/prometheus, which are read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from deploy.monitoring.dashboard import dashboard
from deploy.monitoring.names import Names

DEPLOY = Path(__file__).parents[1]
RULES = ("prometheus/alerts.yaml", "prometheus/alerts-flink.yaml")
SCRAPE = "prometheus/prometheus.yaml"
DASHBOARD = "grafana/dashboards/newsline.json"

RENAMED = ("connectors_job", "job_job", "monitor_job", "flink_job", "runbook_url")


def bundle(names: Names) -> Mapping[str, str]:
    """Texts by path within the directory."""
    rules = [path for path in RULES if names.flink_job or "flink" not in path]
    texts = {path: _renamed((DEPLOY / path).read_text(), names) for path in rules}
    texts[SCRAPE] = _scraped(names)
    texts[DASHBOARD] = json.dumps(dashboard(names), indent=1, ensure_ascii=False) + "\n"
    return texts


def _renamed(text: str, names: Names) -> str:
    """With each usual name replaced by the chosen one, all at once."""
    usual = Names()
    chosen = {getattr(usual, name): getattr(names, name) for name in RENAMED}
    pattern = "|".join(map(re.escape, chosen))
    return re.sub(rf"(?<![\w-])(?:{pattern})(?![\w-])", lambda found: chosen[found[0]], text)


def _scraped(names: Names) -> str:
    text = (DEPLOY / SCRAPE).read_text()
    if not names.flink_job:
        text = re.sub(r"  - job_name: newsline-flink\n(?:    .*\n)+", "", text)
        text = text.replace(", alerts-flink.yaml", "")
    return _renamed(text, names)
