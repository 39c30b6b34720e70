"""``make soak``: faults at random for ten minutes while articles flow through Kafka and Flink.

At the end a committed reader has each article once and in order, and no process has grown. The
faults are those of tests/support/flink_faults.py; ``SOAK_SECONDS`` is how long it takes.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.processes import proportional
from deploy.local import downloads
from deploy.local.flink import FlinkCluster
from deploy.local.kafka import KafkaServer
from tests.support import flink_faults as faults
from tests.support.flink_job import OnFlink
from tests.support.record_flow import Flow

SECONDS = float(os.environ.get("SOAK_SECONDS", "600"))
ARTICLES = 2_000
QUIET_SECONDS = 45.0
"""Between two faults, so that most of them meet a job that runs, and some one that recovers."""

FAULTS = (
    faults.kill_a_task_manager,
    faults.kill_the_job_manager,
    faults.kill_a_worker,
    faults.kill_the_pool,
    faults.kill_the_broker,
    faults.kill_everything,
)


def main() -> None:
    seed = random.randrange(2**32)
    print(f"{SECONDS:.0f} s, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for name in ("kafka", "flink"):
            (root / name).mkdir()
        with KafkaServer(root / "kafka") as kafka, FlinkCluster(root / "flink") as flink:
            grown = soak(root, kafka, flink, random.Random(seed))
    if grown:
        sys.exit(f"grown: {', '.join(grown)}")


def soak(root: Path, kafka: KafkaServer, flink: FlinkCluster, chance: random.Random) -> list[str]:
    """Run it; the names of processes that have grown by more than a quarter in the last half."""
    memory: list[Mapping[str, int]] = []
    with (
        OnFlink(root, kafka.address, flink, downloads.job_server()) as job,
        Flow(kafka.address, ARTICLES, SECONDS) as flow,
    ):
        job.submit()
        flow.go_on()
        flow.reach(0.005)
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            time.sleep(min(chance.uniform(10, QUIET_SECONDS), max(0.0, ends - time.monotonic())))
            fault = chance.choice(FAULTS)
            if job.workers():  # measured before the fault, when all has run for a while
                memory.append(sizes(job, kafka, flink))
            print(f"{SECONDS - (ends - time.monotonic()):.0f} s: {fault.__name__}", flush=True)
            fault(job, kafka)
            job.wait_until_it_runs()
        flow.reach(1.0)
        memory.append(sizes(job, kafka, flink))
        job.end()
        flow.account()
    show(memory)
    half, last = memory[len(memory) // 2], memory[-1]
    return [name for name, size in last.items() if name in half and size > 1.25 * half[name]]


def sizes(job: OnFlink, kafka: KafkaServer, flink: FlinkCluster) -> dict[str, int]:
    """Memory of each process in MB, what is shared divided among those that share it. One that was
    killed comes back as another, with its pid in its name."""
    pids = {process.name: process.pid for process in (kafka, *flink.processes)}
    pids["newsline worker"] = job.pool.process.pid
    pids |= {f"Python worker {n}": pid for n, pid in enumerate(job.workers(), start=1)}
    return {f"{name} {pid}": proportional(pid) // 1024 for name, pid in pids.items()}


def show(memory: list[Mapping[str, int]]) -> None:
    """A row for each process: its size before each fault, and at the end."""
    table = Table("MB", *(str(n + 1) for n in range(len(memory))))
    for name in memory[-1]:
        table.add_row(name, *(str(sizes.get(name, "")) for sizes in memory))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
