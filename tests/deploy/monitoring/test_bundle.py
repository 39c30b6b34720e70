from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml

from deploy.monitoring.bundle import bundle
from deploy.monitoring.names import Names
from tests.deploy import tools
from tests.deploy.files import CHECKOUT, DEPLOY

OTHERS = Names(
    connectors_job="press/poll",
    job_job="press/enrich",
    monitor_job="press/monitor",
    flink_job="press/flink",
    runbook_url="https://wiki.example/runbook",
    page_url="https://newsline.example/",
    datasource="thanos",
)


def test_the_files_of_this_repository_are_the_bundle_with_the_usual_names():
    for path, text in bundle(Names()).items():
        assert (DEPLOY / path).read_text() == text, f"run: python -m deploy.monitoring {DEPLOY}"


def test_other_names_take_the_place_of_all_usual_ones():
    usual = Names()
    for path, text in bundle(OTHERS).items():
        for name in usual[:5]:
            assert not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text), path
        assert "${datasource}" not in text


def test_names_may_be_exchanged():
    usual = Names()
    names = Names(connectors_job=usual.job_job, job_job=usual.connectors_job)
    rules = bundle(names)["prometheus/alerts.yaml"]
    assert (
        f'absent(up{{job="{usual.job_job}"}} == 1)\n          unless on() (newsline:disk' in rules
    )
    assert f'max_over_time(up{{job="{usual.connectors_job}"}}[70s])' in rules


def test_without_flink_nothing_asks_for_it():
    texts = bundle(Names(flink_job=""))
    assert "prometheus/alerts-flink.yaml" not in texts
    for path, text in texts.items():
        said = text if path.endswith("json") else str(yaml.safe_load(text))
        assert "flink" not in said.lower(), path


@pytest.mark.slow
@pytest.mark.parametrize("flink", ["press/flink", ""])
def test_the_command_writes_what_prometheus_takes(tmp_path, flink):
    options = [
        f"--{name.replace('_', '-')}={value}"
        for name, value in OTHERS._replace(flink_job=flink)._asdict().items()
    ]
    command = [sys.executable, "-m", "deploy.monitoring", *options, tmp_path]
    subprocess.run(command, check=True, cwd=CHECKOUT)
    tools.promtool("check", "config", tmp_path / "prometheus" / "prometheus.yaml")
