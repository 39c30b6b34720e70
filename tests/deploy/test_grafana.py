"""deploy/grafana: the dashboard is whole.

No package has Grafana's own schema, so what it needs of a dashboard is asked here. The expressions
are checked in test_prometheus.py.
"""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.deploy.expressions import ANNOUNCED, DASHBOARD, names, served
from tests.deploy.files import DEPLOY

PANELS = DASHBOARD["panels"]
COLUMNS = 24


def test_it_has_what_grafana_needs():
    assert DASHBOARD["uid"] == "newsline"
    assert DASHBOARD["title"]
    assert DASHBOARD["schemaVersion"] >= 41
    (variable,) = DASHBOARD["templating"]["list"]
    assert (variable["name"], variable["type"]) == ("datasource", "datasource")


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_each_panel_is_one_that_grafana_draws(panel):
    assert panel["type"] in ("stat", "timeseries", "heatmap")
    assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert panel.keys() <= {
        *("id", "title", "description", "type", "gridPos", "datasource", "targets"),
        *("options", "fieldConfig"),
    }
    letters = [target["refId"] for target in panel["targets"]]
    assert letters == [chr(ord("A") + n) for n in range(len(letters))]
    legends = {target.get("legendFormat") for target in panel["targets"]}
    for override in panel["fieldConfig"]["overrides"]:
        assert override["matcher"]["options"] in legends


def test_panels_have_ids_of_their_own_and_do_not_overlap():
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    for one, other in combinations((panel["gridPos"] for panel in PANELS), 2):
        apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart or above
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= COLUMNS for panel in PANELS)


def test_the_first_row_says_whether_news_flows_and_where_it_stopped():
    first, second, *rest = sorted(
        PANELS, key=lambda panel: (panel["gridPos"]["y"], panel["gridPos"]["x"])
    )
    assert "newsline_last_enriched_timestamp_seconds" in first["targets"][0]["expr"]
    way = [names(target["expr"]).pop() for target in second["targets"]]
    assert way == [
        "newsline_polls_total",
        "newsline_pages_total",
        "newsline_articles_published_total",
        "newsline_lag_records",
        "newsline_articles_enriched_total",
        "newsline_dead_letters_total",
    ]
    assert all(panel["gridPos"]["y"] > 0 for panel in rest)


def test_every_metric_of_newsline_is_shown_but_sums_and_counts():
    shown = {name for panel in PANELS for t in panel["targets"] for name in names(t["expr"])}
    ours = {name for name in served() if not name.endswith(("_sum", "_count"))}
    ours -= {f"newsline_{name}" for name in ANNOUNCED}
    assert {name for name in shown if name.startswith("newsline_")} == ours


def test_it_is_small_enough_to_be_kept_by_hand():
    text = (DEPLOY / "grafana" / "dashboards" / "newsline.json").read_text()
    assert len(text.splitlines()) < 300
