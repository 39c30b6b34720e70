"""The job on Flink: submission, status, stop and cancel."""

from __future__ import annotations

import time
import zipfile
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsline.cli import options as settings
from newsline.errors import OperatorError
from pipeline.cli.enrich_options import EMBEDDED_FLINK, EnrichOptions
from pipeline.cli.foreground import RunJob
from pipeline.flink.rest import FlinkError, FlinkJob, FlinkRest

if TYPE_CHECKING:
    from pipeline.beam.job import EnrichJob

STOP_SECONDS = 300.0
"""Limit for the batches in progress and the savepoint."""

CANCEL_SECONDS = 60.0


def submit(given: EnrichOptions, job: EnrichJob, partitions: int) -> None:
    """Submit the job to the cluster and print its page. Raises FlinkError if it runs already."""
    from pipeline.flink.submit import Submission, parallelism_for, submit_job

    cluster = _cluster(given.flink_master)
    jar = _jar(given.job_server_jar)
    if running := cluster.running(job.group):
        raise FlinkError(
            f"{job.group} runs on Flink already ({running.state}): {cluster.page(running.id)};"
            " end it first with newsline enrich stop"
        )
    parallelism = parallelism_for(cluster, partitions, given.parallelism)
    flags = [f"--environment_config={given.worker_address}", *given.beam_flags]
    submission = Submission(job, parallelism, flags, given.from_savepoint or None)
    started = submit_job(cluster, jar, submission)
    print(f"{job.group} runs on Flink, {parallelism} wide: {cluster.page(started.id)}")
    print(f"Status: newsline enrich status --flink-master {given.flink_master}")
    print(f"To end it: newsline enrich stop --savepoint --flink-master {given.flink_master}")


def embedded(given: EnrichOptions, job: EnrichJob) -> RunJob:
    """The job on a Flink inside Beam's job server, attached to this process."""
    from pipeline.beam.runners import run_on_embedded_flink
    from pipeline.flink.submit import with_defaults

    ours = [
        f"--flink_job_server_jar={_jar(given.job_server_jar)}",
        f"--flink_master={EMBEDDED_FLINK}",
    ]
    # Its Python code runs in this process, without a pool of workers.
    defaults = with_defaults(given.beam_flags)
    flags = [flag for flag in defaults if not flag.startswith("--environment_")]
    return partial(run_on_embedded_flink, job, [*flags, *ours], given.parallelism or 1)


def status(
    flink_master: settings.FlinkMaster = "", group: settings.Group = settings.DEFAULT_GROUP
) -> None:
    """Show the job on Flink; exit code 1 if it is not running."""
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
            help="Keep Flink's state for newsline enrich restore.  [off]",
        ),
    ] = False,
) -> None:
    """End the job on Flink once its batches in progress are committed."""
    cluster = _cluster(flink_master)
    job = _running(cluster, group)
    place = cluster.stop(job.id, STOP_SECONDS)
    cluster.wait_until(job.id, group, lambda job: job.ended, STOP_SECONDS)
    if savepoint:
        print(f"{group} has ended; its savepoint: {place}")
        print(f"To continue: newsline enrich restore {place} --runner FlinkRunner …")
        return
    cluster.dispose(place, STOP_SECONDS)
    print(f"{group} has ended")


def cancel(
    flink_master: settings.FlinkMaster = "", group: settings.Group = settings.DEFAULT_GROUP
) -> None:
    """End the job on Flink at once; the next job enriches the uncommitted batches again."""
    cluster = _cluster(flink_master)
    job = _running(cluster, group)
    cluster.cancel(job.id)
    cluster.wait_until(job.id, group, lambda job: job.ended, CANCEL_SECONDS)
    print(f"{group} is cancelled")


def _show_checkpoints(cluster: FlinkRest, job: FlinkJob) -> None:
    found = cluster.checkpoints(job.id)
    print(f"  checkpoints: {found.completed} complete, {found.failed} failed", end="")
    if found.last_at is not None:
        age = time.time() - found.last_at
        size = found.last_bytes / 1024
        print(f"; the last {age:.0f} s ago, in {found.last_seconds:.1f} s, {size:.0f} KiB", end="")
    print()


def _running(cluster: FlinkRest, group: str) -> FlinkJob:
    job = cluster.running(group)
    if job is None:
        raise _absent(cluster, group)
    return job


def _absent(cluster: FlinkRest, group: str) -> FlinkError:
    return FlinkError(
        f"no job {group} on {cluster.url}: start it with newsline enrich --runner FlinkRunner"
    )


def _cluster(master: str) -> FlinkRest:
    if not master:
        raise OperatorError("--flink-master is missing: HOST:PORT of the job manager's REST")
    return FlinkRest(master)


def _jar(path: str) -> Path:
    if not zipfile.is_zipfile(path):
        raise OperatorError(
            f"--job-server-jar {path or 'is missing'}: no such jar: build it with"
            " mvn -f deploy/flink/pom.xml package, and name it"
        )
    return Path(path)


def _when(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%F %T} UTC"
