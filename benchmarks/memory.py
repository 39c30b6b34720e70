"""Memory of the job and its children after 5,000 articles, compared with after 500."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks import texts
from benchmarks.job import fill
from benchmarks.processes import proportional, tree
from newsline.broker import connect
from newsline.records import ENRICHED_TOPIC

EARLIER, LATER = 500, 5_000


def measure(directory: Path) -> tuple[float, float]:
    """Proportional memory of the process tree in MB: later, earlier."""
    address = f"embedded:{directory / 'broker.db'}"
    fill(address, texts.articles(LATER))
    job = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "newsline",
            "enrich",
            "--broker",
            address,
            "--status",
            "127.0.0.1:0",
        ]
    )
    try:
        earlier = _memory_after(address, EARLIER, job)
        later = _memory_after(address, LATER, job)
    finally:
        job.terminate()
        job.wait(60)
    return later, earlier


def _memory_after(address: str, articles: int, job: subprocess.Popen) -> float:
    with connect(address) as broker:
        while sum(broker.end_offsets(ENRICHED_TOPIC)) < articles:
            if job.poll() is not None:
                sys.exit(f"the job ended with {job.returncode}")
            time.sleep(0.2)
    return sum(proportional(pid) for pid in tree(job.pid)) / 1024
