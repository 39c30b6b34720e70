"""Cases of the alert rules as promtool reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.deploy.alert_cases import ON_FLINK, WELL, Case, Series

FIRING = 'group by (alertname, severity) (ALERTS{alertstate="firing"})'


def proofs(
    rules: Sequence[Path], severities: Mapping[str, str], cases: Sequence[Case]
) -> dict[str, Any]:
    """A file of promtool's. It has one interval of evaluation, so all cases have the same step.

    ``severities``: those of the alerts that have one.
    """
    (step,) = {case.step for case in cases}
    return {
        "rule_files": list(map(str, rules)),
        "evaluation_interval": _duration(step),
        "tests": [_test(case, severities) for case in cases],
    }


def _test(case: Case, severities: Mapping[str, str]) -> dict[str, Any]:
    usual = WELL | ON_FLINK if case.flink else WELL
    wanted = {name: of for name, of in usual.items() if name not in case.gone} | case.series
    until = max(case.fires) + case.step
    return {
        "name": case.name,
        "interval": _duration(case.step),
        "input_series": [
            {"series": name, "values": " ".join(_values(of, case.step, until))}
            for name, of in wanted.items()
        ],
        "promql_expr_test": [
            {
                "expr": FIRING,
                "eval_time": _duration(minute),
                "exp_samples": [_firing(name, severities) for name in names],
            }
            for minute, names in case.fires.items()
        ],
    }


def _firing(name: str, severities: Mapping[str, str]) -> dict[str, Any]:
    alert, _, severity = name.partition(" ")
    labels = f'{{alertname="{alert}", severity="{severity or severities[alert]}"}}'
    return {"labels": labels, "value": 1}


def _values(series: Series, step: float, until: float) -> Iterator[str]:
    """A series that its target does not serve any more is stale."""
    was_there = False
    for number in range(int(until / step) + 1):
        value = series(number * step)
        yield f"{value:.10g}" if value is not None else "stale" if was_there else "_"
        was_there = value is not None


def _duration(minutes: float) -> str:
    return f"{round(minutes * 60)}s"
