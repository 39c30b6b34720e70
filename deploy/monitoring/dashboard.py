"""The dashboard of dashboard.toml, as Grafana imports it. Pure but for that file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from deploy.monitoring.names import Names
from deploy.monitoring.panels import Json, PanelRow, layout

PATH = Path(__file__).with_name("dashboard.toml")


class _Rows(msgspec.Struct, forbid_unknown_fields=True):
    row: Sequence[PanelRow]


def dashboard(names: Names) -> Json:
    """Without Flink's row if there is no Flink."""
    source = {"type": "prometheus", "uid": names.datasource or "${datasource}"}
    text = PATH.read_text().replace("PROCESSES", names.processes)
    text = text.replace("MONITOR", names.monitor_job)
    rows = msgspec.toml.decode(text, type=_Rows).row
    kept = [row for row in rows if names.flink_job or row.title != "Flink"]
    return {
        "uid": "newsline",
        "title": "newsline",
        "tags": ["newsline"],
        "schemaVersion": 41,
        "timezone": "utc",
        "refresh": "10s",
        "time": {"from": "now-3h", "to": "now"},
        "graphTooltip": 1,
        "links": [
            _link("Live page", names.page_url),
            _link("Runbook", names.runbook_url),
        ],
        "annotations": {"list": _annotations(names, source)},
        "templating": {"list": _variables(names, source)},
        "panels": layout(kept, source),
    }


def _link(title: str, url: str) -> Json:
    return {"title": title, "type": "link", "url": url, "targetBlank": True, "icon": "doc"}


def _annotations(names: Names, source: Json) -> list[Json]:
    return [
        _annotation("Outages of our network", "max(newsline_outage) == 1", "outage", source),
        _annotation(
            "Starts of processes",
            f'changes(process_start_time_seconds{{job=~"{names.processes}"}}[1m]) > 0',
            "{{job}} {{instance}} has been started",
            source,
            "blue",
        ),
        _annotation(
            "Pages",
            'ALERTS{alertname=~"Newsline.+", alertstate="firing", severity="page"}',
            "{{alertname}}",
            source,
            "orange",
        ),
    ]


def _annotation(name: str, expr: str, title: str, source: Json, color: str = "red") -> Json:
    return {
        "name": name,
        "datasource": source,
        "enable": True,
        "iconColor": color,
        "expr": expr,
        "titleFormat": title,
        "step": "30s",
    }


def _variables(names: Names, source: Json) -> list[Json]:
    window = {
        "name": "window",
        "label": "Counts of the last",
        "type": "custom",
        "query": "5m,15m,1h,6h,1d",
        "current": {"text": "15m", "value": "15m"},
    }
    job = {
        "name": "job",
        "label": "Processes",
        "type": "query",
        "datasource": source,
        "query": f'label_values(up{{job=~"{names.processes}"}}, job)',
        "refresh": 2,
        "multi": True,
        "includeAll": True,
        "current": {"text": "All", "value": "$__all"},
    }
    if names.datasource:
        return [window, job]
    chosen = {
        "name": "datasource",
        "label": "Prometheus",
        "type": "datasource",
        "query": "prometheus",
    }
    return [chosen, window, job]
