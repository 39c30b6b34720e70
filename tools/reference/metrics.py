"""Metrics as a table."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.metrics import MetricWrapperBase

from newsline.service import metrics, status_metrics
from tools.reference.blocks import Blocks, table


def rows() -> Iterator[tuple[str, str, str, str]]:
    """(name, type, labels, meaning) in the order of the code."""
    own = set()
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            family = next(iter(metric.describe()))
            name = family.name + ("_total" if family.type == "counter" else "")
            own.add(name)
            labels = ", ".join(f"`{label}`" for label in metric._labelnames)
            yield f"`{name}`", family.type, labels, f"{family.documentation}."
    for gauge in status_metrics.METRICS:
        if gauge.name not in own:
            labels = ", ".join(f"`{label}`" for label in gauge.labels)
            yield f"`{gauge.name}`", "gauge", labels, f"{gauge.documentation}."


BLOCKS: Blocks = {"metrics": lambda: table(("Metric", "Type", "Labels", "Meaning"), rows())}
