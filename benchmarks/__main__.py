"""``make bench``: newsline compared with its bare libraries: ratios of one run, as table and JSON.

Absolute numbers depend on the machine; only the ratios are comparable.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks import connector, growth, job, memory, scale
from benchmarks.table import below, plain, ratio, report

RESULT = Path("bench.json")


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        on_time = scale.measure_on_time(root / "d")
        rates = scale.measure_rates(root / "e")
        rows = [
            ratio(
                "whole connector / bare trafilatura",
                connector.measure(root / "a"),
                "pages/s",
                at_least=0.8,
            ),
            ratio(
                "whole job / bare spaCy NER", job.measure(root / "b"), "articles/s", at_least=0.85
            ),
            ratio(
                "job's memory, 5,000 / 500 articles",
                [memory.measure(root / "c")],
                "MB",
                at_most=1.1,
            ),
            ratio("polls / bare aiohttp", [r[:2] for r in rates], "polls/s", at_least=0.6),
            plain("the same, by CPU time", *_medians([r[2:] for r in rates]), "polls/CPU s"),
            below("10,000 feeds, 2,000 hosts: late, median", on_time.late_median, "s", 5.0),
            below("the same, 99 of 100", on_time.late_p99, "s", 30.0),
            below("the same, memory", on_time.memory, "MB", 400.0),
            below("the same, cores busy, in a tenth of the time", on_time.cores, "cores", 1.0),
            ratio(
                "a poll, 5 million / 10 thousand entries known",
                growth.measure(root / "f"),
                "CPU ms",
                at_most=1.3,
            ),
        ]
    report(rows, RESULT)


def _medians(pairs: Sequence[Sequence[float]]) -> Sequence[float]:
    return [median(column) for column in zip(*pairs, strict=True)]


if __name__ == "__main__":
    main()
