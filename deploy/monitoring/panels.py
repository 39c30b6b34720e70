"""Panels and rows of a dashboard, as Grafana stores them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

COLUMNS = 24
Json = dict[str, Any]


class Query(Struct, frozen=True, forbid_unknown_fields=True):
    """An expression and the legend of its series."""

    expr: str
    legend: str = ""


class Threshold(Struct, frozen=True, forbid_unknown_fields=True):
    """A colour from a value on; None: minus infinity."""

    color: str
    value: float | None = None


class ShownValue(Struct, frozen=True, forbid_unknown_fields=True):
    """What is shown in place of a value."""

    text: str
    color: str


class Panel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``stacked``: series on top of each other. ``right``: unit by legend, for series with an axis
    of their own. ``mappings``: by value. ``legends``: colour by legend. ``none``: text without a
    value."""

    title: str
    queries: Sequence[Query]
    width: int
    height: int = 8
    unit: str = "short"
    kind: str = "timeseries"
    description: str = ""
    steps: Sequence[Threshold] = ()
    stacked: bool = False
    right: Mapping[str, str] = {}
    mappings: Mapping[str, ShownValue] = {}
    legends: Mapping[str, str] = {}
    none: str = ""


class PanelRow(Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    panel: Sequence[Panel]


def layout(rows: Sequence[PanelRow], datasource: Json) -> list[Json]:
    """Rows one below another, their panels from left to right."""
    return [
        {"id": number, **panel} for number, panel in enumerate(_placed(rows, datasource), start=1)
    ]


def _placed(rows: Sequence[PanelRow], datasource: Json) -> Iterator[Json]:
    y = 0
    for row in rows:
        yield {
            "type": "row",
            "title": row.title,
            "collapsed": False,
            "panels": [],
            "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1},
        }
        y, x, below = y + 1, 0, y + 1
        for panel in row.panel:
            if x + panel.width > COLUMNS:
                x, y = 0, below
            yield _panel(panel, {"x": x, "y": y, "w": panel.width, "h": panel.height}, datasource)
            x, below = x + panel.width, max(below, y + panel.height)
        y = below


def _panel(panel: Panel, place: Json, datasource: Json) -> Json:
    return {
        "title": panel.title,
        **({"description": panel.description} if panel.description else {}),
        "type": panel.kind,
        "gridPos": place,
        "datasource": datasource,
        "targets": list(_targets(panel)),
        **({"options": _options(panel)} if _options(panel) else {}),
        "fieldConfig": {"defaults": _defaults(panel), "overrides": list(_overrides(panel))},
    }


def _targets(panel: Panel) -> Iterator[Json]:
    for letter, query in zip("ABCDEFGHIJ", panel.queries, strict=False):
        yield {
            "refId": letter,
            "expr": query.expr,
            **({"legendFormat": query.legend} if query.legend else {}),
            **({"instant": True} if panel.kind == "stat" else {}),
            **({"format": "heatmap"} if panel.kind == "heatmap" else {}),
        }


def _options(panel: Panel) -> Json:
    if panel.kind == "stat":
        text = "value_and_name" if any(query.legend for query in panel.queries) else "value"
        return {"colorMode": "background", "graphMode": "none", "textMode": text}
    return {"calculate": False, "yAxis": {"unit": "s"}} if panel.kind == "heatmap" else {}


def _defaults(panel: Panel) -> Json:
    if panel.kind == "heatmap":
        return {}
    found: Json = {"unit": panel.unit, "min": 0}
    if panel.none:
        found["noValue"] = panel.none
    if panel.steps:
        steps = [{"color": step.color, "value": step.value} for step in panel.steps]
        found["thresholds"] = {"mode": "absolute", "steps": steps}
    if panel.mappings:
        options = {
            value: {"text": shown.text, "color": shown.color}
            for value, shown in panel.mappings.items()
        }
        found["mappings"] = [{"type": "value", "options": options}]
    if panel.kind == "timeseries":
        custom: Json = {}
        if panel.steps:
            custom["thresholdsStyle"] = {"mode": "line"}
        if panel.stacked:
            custom |= {"stacking": {"mode": "normal"}, "fillOpacity": 60}
        if custom:
            found["custom"] = custom
    return found


def _overrides(panel: Panel) -> Iterator[Json]:
    for legend, unit in panel.right.items():
        yield {
            "matcher": {"id": "byName", "options": legend},
            "properties": [
                {"id": "unit", "value": unit},
                {"id": "custom.axisPlacement", "value": "right"},
                {"id": "custom.stacking", "value": {"mode": "none"}},
            ],
        }
    for legend, color in panel.legends.items():
        yield {
            "matcher": {"id": "byName", "options": legend},
            "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": color}}],
        }
