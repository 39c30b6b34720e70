"""The runners that a job can be given to.

Our DirectRunner is Beam's in-process FnApiRunner. Beam's own ``--runner=DirectRunner`` is a switch
that first tries to download Prism, so that what runs would depend on the network.
"""

from __future__ import annotations

from collections.abc import Iterable

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner import fn_runner

from pipeline.beam import failure
from pipeline.beam.claims import give_up_all
from pipeline.beam.enrichment import end_children
from pipeline.beam.job import Job, build

_consolidate = fn_runner.consolidate_monitoring_infos


def _consolidate_now(infos: Iterable) -> list:
    return list(_consolidate(infos))


# Beam 2.77 chains a lazy generator onto the last one at each bundle and never runs them: 25 MB per
# 1,000 bundles, 0 when each is run at once. tests/pipeline/beam/test_runners.py fails when Beam
# mends this.
fn_runner.consolidate_monitoring_infos = _consolidate_now


def run_direct(job: Job) -> None:
    """Run the job in this process until it is caught up, if told so, or drained.

    Raises what a step raised, such as :class:`pipeline.broker.BrokerUnreachable`.
    """
    pipeline = beam.Pipeline(runner=fn_runner.FnApiRunner(), options=PipelineOptions([]))
    build(pipeline, job)
    try:
        pipeline.run().wait_until_finish()
    except Exception as error:
        raise failure.take() or error from None
    finally:
        end_children()
        give_up_all()
