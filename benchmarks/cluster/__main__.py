"""``make bench-cluster``: the job on real servers, as ratios in one run, as a table and as JSON."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.cluster import latency, throughput, transport
from benchmarks.cluster.latency import percentile
from benchmarks.cluster.servers import OnRunner, Servers, on_direct, on_flink, started
from benchmarks.table import Row, below, plain, ratio, report

RESULT = Path("bench-cluster.json")


def main() -> None:
    with tempfile.TemporaryDirectory() as directory, started(Path(directory)) as servers:
        rows = [
            *_throughput(servers),
            *_latencies(servers, on_direct, "DirectRunner", 1.0),
            *_latencies(servers, on_flink, "Flink", 2.0),
            *_transport(servers),
        ]
    report(rows, RESULT)


def _throughput(servers: Servers) -> Iterator[Row]:
    pairs = throughput.measure(servers)
    yield ratio("job on Flink / on DirectRunner", pairs, "articles/s", at_least=0.85)


def _latencies(servers: Servers, on_runner: OnRunner, name: str, limit: float) -> Iterator[Row]:
    found = latency.measure(servers, on_runner)
    yield plain(f"raw to enriched, {name}: median", percentile(found.all, 0.5), None, "s")
    yield below(f"raw to enriched, {name}: p95", percentile(found.all, 0.95), "s", limit)
    yield plain(f"raw to enriched, {name}: longest", max(found.all), None, "s")
    pair = percentile(found.beside_heavy, 0.95), percentile(found.before_heavy, 0.95)
    yield plain(f"beside a heavy article / without, {name}: p95", *pair, "s")


def _transport(servers: Servers) -> Iterator[Row]:
    found = transport.measure(servers)
    for runner, name in enumerate(("DirectRunner", "Flink")):
        pairs = [(each[runner], each[-1]) for each in found]
        what = f"source and sink on {name} / bare kafka-python"
        yield ratio(what, pairs, "records/s", at_least=0.5)


if __name__ == "__main__":
    main()
