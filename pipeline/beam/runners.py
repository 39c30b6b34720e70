"""The runners in whose hands the job stays in this process, until it ends.

Our DirectRunner is Beam's in-process FnApiRunner. Beam's own ``--runner=DirectRunner`` is a switch
that first tries to download Prism, so that what runs would depend on the network. Prism and the
embedded Flink run the graph in a process of theirs and the Python half in this one (LOOPBACK).
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
from pipeline.beam import claims, first_error, flags, source
from pipeline.beam.enrichment import end_children
from pipeline.beam.job import Job, build
from pipeline.flink.subtask_keys import seats

_consolidate = fn_runner.consolidate_monitoring_infos


def _consolidate_now(infos: Iterable) -> list:
    return list(_consolidate(infos))


# Beam 2.77 chains a lazy generator onto the last one at each bundle and never runs them: 25 MB per
# 1,000 bundles, 0 when each is run at once. tests/pipeline/beam/test_runners.py fails when Beam
# mends this.
fn_runner.consolidate_monitoring_infos = _consolidate_now


class _Prism(PrismRunner):
    """Beam would end Prism by a signal handler of its own, and that from the main thread only."""

    def default_job_server(self, options: PipelineOptions) -> JobServer:
        self.server = PrismJobServer(options)
        return self.server


class _EmbeddedFlink(FlinkRunner):
    """Like :class:`_Prism`; the job server ends with this process."""

    def default_job_server(self, options: PipelineOptions) -> JobServer:
        launcher, *arguments = [*dying_with_parent(), "java"]
        java = options.view_as(JobServerOptions)
        java.job_server_java_launcher, java.job_server_jvm_properties = launcher, arguments
        self.server = FlinkJarJobServer(options)
        return self.server


def run_direct(job: Job, options: Sequence[str] = ()) -> None:
    """Run the job in this process until it is caught up, if told so, or drained.

    ``options`` are Beam's flags. Raises what a step raised, such as
    :class:`newsline.broker.BrokerUnreachable`.
    """
    _run(job, fn_runner.FnApiRunner(), options)


def run_on_prism(job: Job, options: Sequence[str]) -> None:
    """Like :func:`run_direct`, on Prism, whose binary ``--prism_location`` names."""
    _run(job, _Prism(), ["--streaming", *options])


def require_prism(options: Sequence[str]) -> None:
    """Raises OperatorError unless Prism's binary is named: Beam would try to download it."""
    if not any(flags.name(flag) == "prism_location" for flag in options):
        raise OperatorError(
            "Prism is not downloaded: name its binary with --prism_location=PATH"
            " (go install github.com/apache/beam/sdks/v2/go/cmd/prism@v2.77.0 builds it)"
        )


def run_on_embedded_flink(job: Job, options: Sequence[str], parallelism: int) -> None:
    """Like :func:`run_direct`, on a Flink inside Beam's job server, for trying things out."""
    wide = [f"--parallelism={parallelism}", f"--max_parallelism={parallelism}"]
    _run(job, _EmbeddedFlink(), ["--streaming", *wide, *options], seats(parallelism))


def _run(
    job: Job, runner: PipelineRunner, options: Sequence[str], shares: Sequence[int] = (0,)
) -> None:
    pipeline = beam.Pipeline(runner=runner, options=PipelineOptions(list(options)))
    build(pipeline, job, shares)
    try:
        result = pipeline.run()
        if isinstance(runner, _EmbeddedFlink):
            _wait_until_drained(result)
        else:
            result.wait_until_finish()
    except Exception as error:
        raise first_error.take() or error from None
    finally:
        if isinstance(runner, _Prism | _EmbeddedFlink):
            runner.server.stop()
        end_children()
        claims.give_up_all()


def _wait_until_drained(result: PipelineResult) -> None:
    """Flink keeps a streaming job for ever, though all that it reads has come to its end."""
    waiting = threading.Thread(target=result.wait_until_finish, daemon=True)
    waiting.start()
    while waiting.is_alive() and not (source.draining.is_set() and not claims.in_hand()):
        waiting.join(0.2)
