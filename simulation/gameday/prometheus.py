"""A real Prometheus with the shipped rules, on a clock that runs faster by one factor."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from deploy.local.process import Process, free_ports, wait_until
from simulation.gameday.scaled_rules import scaled_duration, scaled_rules
from tests.support import debian

SHIPPED = Path("deploy/prometheus")
LOOKBACK = "5m"
"""Prometheus's own default, scaled like all others."""

SCRAPE_SECONDS = 1.0
"""Not scaled: a process on a busy machine takes some tenths to answer."""

START_SECONDS = 60.0
ASK_SECONDS = 5.0


class Alert(NamedTuple):
    """``state``: firing or pending."""

    name: str
    state: str


class Prometheus(Process):
    """``rules``: names of files in :data:`SHIPPED`. ``targets``: host and port by job name."""

    def __init__(
        self, directory: Path, rules: Sequence[str], targets: Mapping[str, str], factor: float
    ) -> None:
        (port,) = free_ports(1)
        self._url = f"http://127.0.0.1:{port}"
        _write_rules(directory, rules, factor)
        configuration = directory / "prometheus.yaml"
        configuration.write_text(yaml.safe_dump(_configuration(rules, targets, factor)))
        command = [
            str(debian.program("prometheus", package="prometheus")),
            f"--config.file={configuration}",
            f"--storage.tsdb.path={directory / 'series'}",
            f"--web.listen-address=127.0.0.1:{port}",
            f"--query.lookback-delta={scaled_duration(LOOKBACK, factor)}",
        ]
        super().__init__(command, directory / "prometheus.log")

    def start(self) -> None:
        """Returns when it answers."""
        super().start()
        wait_until(self._is_ready, [self], START_SECONDS)

    def alerts(self) -> Sequence[Alert]:
        """All that are pending or firing now."""
        found = self._ask("/api/v1/alerts")["data"]["alerts"]
        return [Alert(each["labels"]["alertname"], each["state"]) for each in found]

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._url}/-/ready", timeout=ASK_SECONDS) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _ask(self, path: str) -> Any:
        with urllib.request.urlopen(self._url + path, timeout=ASK_SECONDS) as answer:
            return json.load(answer)


def _write_rules(directory: Path, names: Sequence[str], factor: float) -> None:
    for name in names:
        rules = scaled_rules(yaml.safe_load((SHIPPED / name).read_text()), factor)
        (directory / name).write_text(yaml.safe_dump(rules))


def _configuration(
    rules: Sequence[str], targets: Mapping[str, str], factor: float
) -> dict[str, Any]:
    shipped = yaml.safe_load((SHIPPED / "prometheus.yaml").read_text())["global"]
    return {
        "global": {
            "evaluation_interval": scaled_duration(shipped["evaluation_interval"], factor),
            "scrape_interval": f"{SCRAPE_SECONDS * 1000:.0f}ms",
            "scrape_timeout": f"{SCRAPE_SECONDS * 1000:.0f}ms",
        },
        "rule_files": list(rules),
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [address]}]}
            for job, address in targets.items()
        ],
    }
