"""deploy/grafana: the dashboard is whole.

No package has Grafana's own schema, so what it needs of a dashboard is asked here. The expressions
are checked in test_prometheus.py.
"""

from __future__ import annotations

from itertools import combinations

import pytest

from deploy.monitoring.names import Names
from tests.deploy.expressions import DASHBOARD, names, served

ROWS = [panel for panel in DASHBOARD["panels"] if panel["type"] == "row"]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
COLUMNS = 24
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def test_it_has_what_grafana_needs():
    assert DASHBOARD["uid"] == "newsline"
    assert DASHBOARD["title"]
    assert DASHBOARD["schemaVersion"] >= 41


def test_it_has_variables_for_the_source_the_window_and_the_processes():
    variables = {each["name"]: each["type"] for each in DASHBOARD["templating"]["list"]}
    assert variables == {"datasource": "datasource", "window": "custom", "job": "query"}


def test_it_links_to_the_live_page_and_to_the_runbook():
    assert [link["url"] for link in DASHBOARD["links"]] == [Names().page_url, Names().runbook_url]


def test_outages_starts_and_pages_are_marked_in_all_panels():
    marked = {each["name"]: each for each in DASHBOARD["annotations"]["list"]}
    assert marked.keys() == {"Outages of our network", "Starts of processes", "Pages"}
    assert all(each["datasource"] == SOURCE and each["enable"] for each in marked.values())


def test_its_rows_are_in_the_order_in_which_staff_ask():
    assert [row["title"] for row in ROWS] == [
        *("Is fresh news flowing?", "The way of an article", "Feeds", "Job", "Broker and disks"),
        *("Processes", "Flink"),
    ]


def test_only_flinks_row_has_its_metrics():
    flinks = next(row["gridPos"]["y"] for row in ROWS if row["title"] == "Flink")
    for panel in PANELS:
        used = {name for target in panel["targets"] for name in names(target["expr"])}
        is_flinks = panel["gridPos"]["y"] > flinks
        assert any(name.startswith("flink_") for name in used) == is_flinks, panel["title"]


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_each_panel_is_one_that_grafana_draws(panel):
    assert panel["type"] in ("stat", "timeseries", "heatmap")
    assert panel["datasource"] == SOURCE
    assert panel.keys() <= {
        *("id", "title", "description", "type", "gridPos", "datasource", "targets"),
        *("options", "fieldConfig"),
    }
    letters = [target["refId"] for target in panel["targets"]]
    assert letters == [chr(ord("A") + n) for n in range(len(letters))]
    if panel["type"] != "heatmap":
        assert panel["fieldConfig"]["defaults"]["unit"]
        legends = {target.get("legendFormat") for target in panel["targets"]}
        for override in panel["fieldConfig"]["overrides"]:
            assert override["matcher"]["options"] in legends or "{{" in "".join(map(str, legends))


def test_panels_have_ids_of_their_own_and_do_not_overlap():
    every = DASHBOARD["panels"]
    assert len({panel["id"] for panel in every}) == len(every)
    for one, other in combinations((panel["gridPos"] for panel in every), 2):
        apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart or above
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= COLUMNS for panel in every)


def test_the_first_panels_are_the_verdict_and_the_stage_that_is_broken():
    first, second, *_ = PANELS
    assert names(first["targets"][0]["expr"]) == {"newsline_condition"}
    assert names(second["targets"][0]["expr"]) == {"newsline_stage_ok"}


def test_every_metric_of_newsline_is_shown_but_sums_and_counts():
    shown = {name for panel in PANELS for t in panel["targets"] for name in names(t["expr"])}
    ours = {name for name in served() if not name.endswith(("_sum", "_count"))}
    assert {name for name in shown if name.startswith("newsline_")} == ours
