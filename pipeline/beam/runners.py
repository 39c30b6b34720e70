"""Runners that keep the job's Python code in this process until the job ends.

Our DirectRunner is Beam's in-process FnApiRunner. Beam's own ``--runner=DirectRunner`` first tries
to download Prism, so the runner would depend on the network. Prism and the embedded Flink run the
graph in a process of their own and the Python code in this one (LOOPBACK).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import apache_beam as beam
from apache_beam.options.pipeline_options import JobServerOptions, PipelineOptions
from apache_beam.runners.portability.flink_runner import FlinkJarJobServer, FlinkRunner
from apache_beam.runners.portability.fn_api_runner import fn_runner
from apache_beam.runners.portability.job_server import JobServer
from apache_beam.runners.portability.prism_runner import PrismJobServer, PrismRunner
from apache_beam.runners.runner import PipelineResult, PipelineRunner

from newsline.errors import OperatorError
from newsline.service.processes import dying_with_parent
from pipeline.beam import flags, process_state
from pipeline.beam.job import EnrichJob, build
from pipeline.flink.subtask_keys import subtask_keys

_consolidate = fn_runner.consolidate_monitoring_infos


def _consolidate_now(infos: Iterable) -> list:
    return list(_consolidate(infos))


# Beam 2.77 chains a lazy generator onto the last one at each bundle and never runs them: 25 MB per
# 1,000 bundles, 0 if each is run at once. tests/pipeline/beam/test_runners.py fails once Beam has
# fixed this.
fn_runner.consolidate_monitoring_infos = _consolidate_now


class _Prism(PrismRunner):
    """Prism, ended by us: Beam ends it by a signal handler, which works in the main thread only."""

    def default_job_server(self, options: PipelineOptions) -> JobServer:
        self.server = PrismJobServer(options)
        return self.server


class _EmbeddedFlink(FlinkRunner):
    """Ended by us, like :class:`_Prism`; the job server ends with this process."""

    def default_job_server(self, options: PipelineOptions) -> JobServer:
        launcher, *arguments = [*dying_with_parent(), "java"]
        java = options.view_as(JobServerOptions)
        java.job_server_java_launcher, java.job_server_jvm_properties = launcher, arguments
        self.server = FlinkJarJobServer(options)
        return self.server


def run_direct(job: EnrichJob, options: Sequence[str] = ()) -> None:
    """Run the job in this process until it is drained, or caught up if ``until_caught_up``.

    ``options`` are Beam's flags. Raises the first exception of a step, such as
    :class:`newsline.broker.BrokerUnreachable`.
    """
    _run(job, fn_runner.FnApiRunner(), options)


def run_on_prism(job: EnrichJob, options: Sequence[str]) -> None:
    """Like :func:`run_direct`, on Prism; ``--prism_location`` names its binary."""
    _run(job, _Prism(), ["--streaming", *options])


def require_prism(options: Sequence[str]) -> None:
    """Raises OperatorError without ``--prism_location``: Beam would try to download Prism."""
    if not any(flags.name_of(flag) == "prism_location" for flag in options):
        raise OperatorError(
            "Prism is not downloaded: name its binary with --prism_location=PATH"
            " (go install github.com/apache/beam/sdks/v2/go/cmd/prism@v2.77.0 builds it)"
        )


def run_on_embedded_flink(job: EnrichJob, options: Sequence[str], parallelism: int) -> None:
    """Like :func:`run_direct`, on a Flink inside Beam's job server, for trials."""
    wide = [f"--parallelism={parallelism}", f"--max_parallelism={parallelism}"]
    _run(job, _EmbeddedFlink(), ["--streaming", *wide, *options], subtask_keys(parallelism))


def _run(
    job: EnrichJob,
    runner: PipelineRunner,
    options: Sequence[str],
    element_keys: Sequence[int] = (0,),
) -> None:
    pipeline = beam.Pipeline(runner=runner, options=PipelineOptions(list(options)))
    build(pipeline, job, element_keys)
    try:
        result = pipeline.run()
        if isinstance(runner, _EmbeddedFlink):
            _wait_until_drained(result)
        else:
            result.wait_until_finish()
    except Exception as error:
        raise process_state.first_error.pop() or error from None
    finally:
        if isinstance(runner, _Prism | _EmbeddedFlink):
            runner.server.stop()
        process_state.close()


def _wait_until_drained(result: PipelineResult) -> None:
    """Wait for the end, or leave once drained: Flink never ends a streaming job."""
    waiting = threading.Thread(target=result.wait_until_finish, daemon=True)
    waiting.start()
    while waiting.is_alive() and not (
        process_state.draining.is_set() and not process_state.claims.has_pending_batch()
    ):
        waiting.join(0.2)
