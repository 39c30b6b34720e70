"""The job on Flink: submitted by ``newsline enrich``, and what one does with it there."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from newsline.cli import options as settings
from newsline.errors import OperatorError
from pipeline.cli.foreground import Work
from pipeline.flink.cluster import FlinkCluster, FlinkError, FlinkJob

if TYPE_CHECKING:
    from pipeline.beam.job import Job

EMBEDDED = "[local]"
"""As a Flink master: a Flink inside Beam's job server, as Beam calls it too."""

STOP_SECONDS = 300.0
"""For the batches in hand, and the savepoint."""

CANCEL_SECONDS = 60.0


class Place(NamedTuple):
    """Where and how the job is to run on Flink, as the options of ``newsline enrich`` say it."""

    master: str
    job_server_jar: str
    parallelism: int
    savepoint: str


def submit(job: Job, partitions: int, place: Place, flags: Sequence[str]) -> None:
    """Run the job on the cluster, unless it runs there already, and say where to look at it."""
    from pipeline.flink.submit import Submission, submit, width

    cluster = _cluster(place.master)
    jar = _jar(place.job_server_jar)
    if there := cluster.running(job.group):
        raise FlinkError(
            f"{job.group} runs on Flink already ({there.state}): {cluster.page(there.id)};"
            " end it first with newsline enrich stop"
        )
    parallelism = width(cluster, partitions, place.parallelism)
    asked = Submission(job, parallelism, flags, place.savepoint or None)
    started = submit(cluster, jar, asked)
    print(f"{job.group} runs on Flink, {parallelism} wide: {cluster.page(started.id)}")
    print(f"How it goes: newsline enrich status --flink-master {place.master}")
    print(f"To end it: newsline enrich stop --savepoint --flink-master {place.master}")


def embedded(job: Job, job_server_jar: str, options: Sequence[str], parallelism: int) -> Work:
    """The job on a Flink inside Beam's job server, attached to this process."""
    from pipeline.beam.runners import run_on_embedded_flink
    from pipeline.flink.submit import with_defaults

    ours = [f"--flink_job_server_jar={_jar(job_server_jar)}", f"--flink_master={EMBEDDED}"]
    # Its Python half is in this process, and in no pool of workers.
    chosen = [flag for flag in with_defaults(options) if not flag.startswith("--environment_")]
    return partial(run_on_embedded_flink, job, [*chosen, *ours], parallelism)


def status(
    flink_master: settings.FlinkMaster = "", group: settings.Group = settings.DEFAULT_GROUP
) -> None:
    """Show how the job on Flink goes; exit code 1 when it does not run."""
    cluster = _cluster(flink_master)
    jobs = cluster.jobs(group)
    if not jobs:
        raise _absent(cluster, group)
    job = jobs[0]
    print(f"{group} is {job.state} since {_when(job.started)}: {cluster.page(job.id)}")
    failures = cluster.failures(job.id)
    print(f"  tasks running: {job.tasks['running']} of {job.tasks['total']};", end=" ")
    print(f"failures: {len(failures)}")
    _show_checkpoints(cluster, job)
    for failure in failures[:1]:
        print(f"  last failure, {_when(failure.at)}: {failure.reason}")
    if not job.runs:
        raise typer.Exit(1)


def stop(
    flink_master: settings.FlinkMaster = "",
    group: settings.Group = settings.DEFAULT_GROUP,
    savepoint: Annotated[
        bool,
        typer.Option(
            "--savepoint",
            envvar="NEWSLINE_STOP_SAVEPOINT",
            help="Keep Flink's state, for newsline enrich restore.  [off]",
        ),
    ] = False,
) -> None:
    """Let the job on Flink commit its batches in hand, and end it."""
    cluster = _cluster(flink_master)
    job = _running(cluster, group)
    place = cluster.stop(job.id, STOP_SECONDS)
    cluster.wait_until(job.id, group, lambda job: job.ended, STOP_SECONDS)
    if savepoint:
        print(f"{group} has ended; its savepoint: {place}")
        print(f"To go on: newsline enrich restore {place} --runner FlinkRunner …")
        return
    cluster.dispose(place, STOP_SECONDS)
    print(f"{group} has ended")


def cancel(
    flink_master: settings.FlinkMaster = "", group: settings.Group = settings.DEFAULT_GROUP
) -> None:
    """End the job on Flink at once: batches in hand are enriched again by the next one."""
    cluster = _cluster(flink_master)
    job = _running(cluster, group)
    cluster.cancel(job.id)
    cluster.wait_until(job.id, group, lambda job: job.ended, CANCEL_SECONDS)
    print(f"{group} is cancelled")


def _show_checkpoints(cluster: FlinkCluster, job: FlinkJob) -> None:
    found = cluster.checkpoints(job.id)
    print(f"  checkpoints: {found.completed} complete, {found.failed} failed", end="")
    if found.last_at is not None:
        age = time.time() - found.last_at
        size = found.last_bytes / 1024
        print(f"; the last {age:.0f} s ago, in {found.last_seconds:.1f} s, {size:.0f} KiB", end="")
    print()


def _running(cluster: FlinkCluster, group: str) -> FlinkJob:
    job = cluster.running(group)
    if job is None:
        raise _absent(cluster, group)
    return job


def _absent(cluster: FlinkCluster, group: str) -> FlinkError:
    return FlinkError(
        f"no job {group} on {cluster.url}: start it with newsline enrich --runner FlinkRunner"
    )


def _cluster(master: str) -> FlinkCluster:
    if not master:
        raise OperatorError("--flink-master is missing: HOST:PORT of the job manager's REST")
    return FlinkCluster(master)


def _jar(path: str) -> Path:
    if not zipfile.is_zipfile(path):
        raise OperatorError(
            f"--job-server-jar {path or 'is missing'}: no such jar: build it with"
            " mvn -f deploy/flink/pom.xml package, and name it"
        )
    return Path(path)


def _when(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%F %T} UTC"
