"""Submission to a Flink cluster: graph and options, packed into Beam's job server jar."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.abstract_job_service import UberJarBeamJob
from apache_beam.runners.portability.portable_runner import JobServiceHandle, PortableRunner
from google.protobuf import json_format

from pipeline.beam import flags
from pipeline.beam.job import EnrichJob, build
from pipeline.flink.rest import FlinkError, FlinkJob, FlinkRest
from pipeline.flink.subtask_keys import subtask_keys

START_SECONDS = 180.0
"""Limit until all tasks run. A worker's first start imports Beam and spaCy."""

DEFAULTS = {
    "environment_type": "EXTERNAL",
    "checkpointing_interval": "30000",
    # A checkpoint takes one call of the source. A checkpoint without end means a job that hangs,
    # as after a worker's death in its first second, for which Beam 2.62 waits three minutes.
    "checkpoint_timeout_millis": "90000",
    # Without it the job stalled in three of four runs (Beam 2.77 on Flink 1.19.3).
    "finish_bundle_before_checkpointing": "",
    # A batch is enriched at its bundle's end; with the default a single record waits for a second.
    "max_bundle_size": "1",
    # The next call of the source waits this long after a checkpoint: 1.7 s at most with the
    # default of a second, 0.4 s with this.
    "max_bundle_time_mills": "100",
}
"""Our defaults of Beam's options, times in milliseconds. A flag takes precedence.
Without a value: a switch."""

FLINK_OPTIONS = frozenset(
    [
        "allow_non_restored_state",
        "auto_watermark_interval",
        "checkpoint_timeout_millis",
        "checkpointing_interval",
        "checkpointing_mode",
        "disable_metrics",
        "enable_stable_input_drain",
        "execution_retry_delay",
        "externalized_checkpoints_enabled",
        "fail_on_checkpointing_errors",
        "faster_copy",
        "finish_bundle_before_checkpointing",
        "flink_conf_dir",
        "force_unaligned_checkpoint_enabled",
        "job_check_interval_in_secs",
        "latency_tracking_interval",
        "max_bundle_size",
        "max_bundle_time_mills",
        "min_pause_between_checkpoints",
        "num_concurrent_checkpoints",
        "number_of_execution_retries",
        "object_reuse",
        "operator_chaining",
        "re_iterable_group_by_key_result",
        "report_checkpoint_duration",
        "retain_externalized_checkpoints_on_cancellation",
        "shutdown_sources_after_idle_ms",
        "state_backend",
        "state_backend_storage_path",
        "unaligned_checkpoint_enabled",
    ]
)
"""Options of Beam's Flink runner that the Python SDK lacks (FlinkPipelineOptions in Java)."""


class Submission(NamedTuple):
    """A job with its parallelism, Beam's flags and a savepoint to start from."""

    job: EnrichJob
    parallelism: int
    options: Sequence[str] = ()
    savepoint: str | None = None


def with_defaults(options: Sequence[str]) -> Sequence[str]:
    """Beam's flags, completed by our defaults. Raises OperatorError for an unknown flag."""
    flags.check_flags(options, {*flags.beam_flags(), *FLINK_OPTIONS})
    given = {flags.name_of(flag) for flag in options}
    ours = [f"--{key}={value}".rstrip("=") for key, value in DEFAULTS.items() if key not in given]
    return [*ours, *options]


def parallelism_for(cluster: FlinkRest, partitions: int, wanted: int) -> int:
    """``wanted``, or if 0 one subtask per partition, limited by the free slots.

    Raises FlinkError if there are too few slots.
    """
    total, free = cluster.slots()
    parallelism = wanted or min(partitions, free)
    if not 0 < parallelism <= free:
        raise FlinkError(
            f"{cluster.url} has {free} free slots of {total}, and the job needs"
            f" {max(1, parallelism)}: start task managers, end other jobs or lower --parallelism"
        )
    return parallelism


def submit_job(cluster: FlinkRest, job_server_jar: Path, submission: Submission) -> FlinkJob:
    """Run the job on the cluster; returns once all its tasks run.

    Raises FlinkError if they do not within 180 s; the job is then cancelled.
    """
    name = submission.job.group
    with tempfile.TemporaryDirectory() as directory:
        jar = Path(directory) / f"{name}.jar"
        _pack(jar, job_server_jar, submission)
        id_ = cluster.run(jar, submission.savepoint)
    try:
        started = cluster.wait_until(id_, name, lambda job: job.runs, START_SECONDS)
    except FlinkError as error:
        cluster.cancel(id_)
        raise FlinkError(f"the job does not start, and is cancelled: {error}") from error
    if started.state in ("FAILED", "CANCELED"):
        why = [failure.reason for failure in cluster.failures(id_)]
        raise FlinkError(f"the job has {started.state.lower()} at its start: {' '.join(why[:1])}")
    return started


def _pack(jar: Path, job_server_jar: Path, submission: Submission) -> None:
    """Copy the job server's jar and add the pipeline where FlinkPipelineRunner expects it."""
    job, parallelism, chosen, _ = submission
    every = with_defaults(chosen)
    for_sdk = [flag for flag in every if flags.name_of(flag) not in FLINK_OPTIONS]
    sdk = PipelineOptions(["--streaming", *for_sdk])
    pipeline = beam.Pipeline(runner=PortableRunner(), options=sdk)
    build(pipeline, job, subtask_keys(parallelism))
    for_flink = {
        flags.name_of(f): flags.value_of(f) for f in every if flags.name_of(f) in FLINK_OPTIONS
    }
    options = (
        sdk.get_all_options(drop_default=True)
        | for_flink
        | {
            "job_name": job.group,
            "flink_master": "[auto]",
            "parallelism": parallelism,
            "max_parallelism": parallelism,  # key groups: subtask_keys() assumes as many
        }
    )
    parts = {
        UberJarBeamJob.PIPELINE_PATH: json_format.MessageToJson(
            PortableRunner.get_proto_pipeline(pipeline, sdk)
        ),
        UberJarBeamJob.PIPELINE_OPTIONS_PATH: json_format.MessageToJson(
            JobServiceHandle.encode_pipeline_options(options)
        ),
        UberJarBeamJob.PIPELINE_MANIFEST: json.dumps(
            {"defaultJobName": UberJarBeamJob.PIPELINE_NAME}
        ),
    }
    shutil.copyfile(job_server_jar, jar)
    with zipfile.ZipFile(jar, "a") as archive:
        for path, content in parts.items():
            archive.writestr(path, content)
