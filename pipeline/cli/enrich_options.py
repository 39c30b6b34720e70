"""The options of ``newsline enrich``, as one record."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from newsline.cli import options as shared
from newsline.errors import OperatorError
from newsline.service.access import Endpoints

if TYPE_CHECKING:
    from pipeline.beam.job import EnrichJob

EMBEDDED_FLINK = "[local]"
"""As a Flink master: a Flink inside Beam's job server. Beam uses the same name."""


class Runner(StrEnum):
    """The system that runs the job."""

    DIRECT = "DirectRunner"
    PRISM = "PrismRunner"
    FLINK = "FlinkRunner"


class EnrichOptions(NamedTuple):
    """The options as given, defaults filled in; ``beam_flags``: each ``--name=value``."""

    broker: str
    group: str
    runner: Runner
    flink_master: str
    job_server_jar: str
    parallelism: int
    worker_address: str
    from_savepoint: str
    until_caught_up: bool
    from_start: bool
    from_end: bool
    heartbeat: float
    children: int
    deadline: float
    models: Sequence[str]
    without: Sequence[str]
    recall: bool
    jsonl: str
    endpoints: Endpoints
    beam_flags: Sequence[str]

    @property
    def on_cluster(self) -> bool:
        """True if the job is submitted to a Flink cluster."""
        return self.runner is Runner.FLINK and self.flink_master != EMBEDDED_FLINK

    def check(self) -> None:
        """Raises OperatorError for options that exclude each other."""
        if self.from_savepoint and not self.on_cluster:
            raise OperatorError("a savepoint is Flink's: add --runner FlinkRunner --flink-master …")
        if self.from_start and self.from_end:
            raise OperatorError("--from-start and --from-end exclude each other")
        if self.until_caught_up and self.runner is Runner.FLINK:
            raise OperatorError(
                "a job on Flink does not end by itself: leave out --until-caught-up"
            )

    def job(self) -> EnrichJob:
        """The job that these options describe. Raises OperatorError."""
        from newsline.sandbox.memory import fitting_children
        from newsline.sinks.jsonl import JsonLines
        from pipeline.beam.children import CHILD_LEAST, Children
        from pipeline.beam.claims import Begin
        from pipeline.beam.job import EnrichJob
        from pipeline.enrich.runner.enrichers import EnricherSettings

        models = shared.models(list(self.models))
        enrichers = EnricherSettings(models, self.without, self.recall)
        # On a cluster the workers' memory counts, not ours.
        children = (
            self.children or 1
            if self.on_cluster
            else fitting_children(self.children, CHILD_LEAST, "--children")
        )
        return EnrichJob(
            broker=self.broker,
            group=self.group,
            children=Children(children, enrichers, self.deadline),
            sinks=[JsonLines(self.jsonl)] if self.jsonl else [],
            until_caught_up=self.until_caught_up,
            begin=Begin.START if self.from_start else Begin.END if self.from_end else None,
            heartbeat=self.heartbeat,
        )
