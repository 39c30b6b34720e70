"""The names that a deployment may choose, with those of the files in this repository."""

from __future__ import annotations

from typing import NamedTuple


class Names(NamedTuple):
    """``*_job``: job names in Prometheus. ``flink_job``: "" without Flink. ``datasource``: uid of
    Grafana's data source; "": a variable of the dashboard."""

    connectors_job: str = "newsline-connectors"
    job_job: str = "newsline-enrich"
    monitor_job: str = "newsline-monitor"
    flink_job: str = "newsline-flink"
    runbook_url: str = "https://newsline.example/deploy/RUNBOOK.md"
    page_url: str = "http://localhost:9401/"
    datasource: str = ""

    @property
    def processes(self) -> str:
        """Regular expression for the jobs of newsline's own processes."""
        return "|".join(dict.fromkeys([self.connectors_job, self.job_job, self.monitor_job]))
