"""The job on a real Flink, as an operator runs it: a pool of workers and a submission."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Self

from deploy.local.flink import FlinkCluster
from deploy.local.process import free_ports
from pipeline.flink.rest import FlinkError, FlinkRest
from tests.support.command import PATIENCE, Command, children, newsline, until
from tests.support.record_flow import DEADLINE

GROUP = "newsline-enrich"


class OnFlink:
    """A pool for the cluster's task managers during the block; no job remains after it."""

    def __init__(self, directory: Path, broker: str, cluster: FlinkCluster, jar: Path) -> None:
        (port,) = free_ports(1)
        self.broker = broker
        self.cluster = cluster
        self.rest = FlinkRest(cluster.master)
        self.pool = Command(
            directory / "worker.log",
            *("worker", "--broker", broker, "--worker-address", f"127.0.0.1:{port}"),
            *("--status", "127.0.0.1:0"),
        )
        self._options = [
            *("--runner", "FlinkRunner", "--flink-master", cluster.master),
            *("--broker", broker, "--job-server-jar", str(jar)),
            *("--worker-address", f"127.0.0.1:{port}"),
            "--checkpointing_interval=1000",
            *DEADLINE,
        ]

    def __enter__(self) -> Self:
        self.pool.__enter__()
        return self

    def __exit__(self, *exc_info: object) -> None:
        """Clean up, and print the state of the workers and the job for a failed test."""
        self.pool.tell()
        with suppress(FlinkError):
            if job := self.rest.running(GROUP):
                print(job, *self.rest.failures(job.id), sep="\n")
                self.rest.cancel(job.id)
                self.rest.wait_until(job.id, GROUP, lambda job: job.ended, PATIENCE)
        self.pool.kill()

    def enrich(self, *options: str) -> subprocess.CompletedProcess:
        """``newsline enrich`` with the options for this cluster."""
        return newsline("enrich", *self._options, *options)

    def restore(self, savepoint: str, *options: str) -> subprocess.CompletedProcess:
        return newsline("enrich", "restore", savepoint, *self._options, *options)

    def say(self, command: str, *options: str) -> subprocess.CompletedProcess:
        """``newsline enrich COMMAND``, such as status."""
        return newsline("enrich", command, "--flink-master", self.cluster.master, *options)

    def submit(self, *options: str) -> None:
        done = self.enrich(*options)
        assert done.returncode == 0, done.stderr

    def wait_until_it_runs(self) -> None:
        until(self._runs, "that the job runs")

    def _runs(self) -> bool:
        try:
            job = self.rest.running(GROUP)
        except FlinkError:  # while the job manager comes back
            return False
        return job is not None and job.runs

    def workers(self) -> list[int]:
        """The Python workers, by pid."""
        return children(self.pool.process.pid)

    def end(self) -> None:
        """``newsline enrich cancel``; waits for the workers' end."""
        done = self.say("cancel")
        assert done.returncode == 0, done.stderr
        until(lambda: not self.workers(), "the workers' end")
