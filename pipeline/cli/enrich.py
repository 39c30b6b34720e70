"""``newsline enrich``: the Beam job."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newsline.broker import connect
from newsline.cli import last_run, options
from newsline.errors import OperatorError
from newsline.records import RAW_TOPIC
from newsline.service.processes import exit_with_parent
from newsline.topics import contents
from pipeline.cli import beam_flags, flink, foreground

if TYPE_CHECKING:
    from pipeline.beam.enrichment import Children


class Runner(StrEnum):
    """What runs the job."""

    DIRECT = "DirectRunner"
    PRISM = "PrismRunner"
    FLINK = "FlinkRunner"


app = typer.Typer(cls=beam_flags.BeamFlagsGroup, invoke_without_command=True)
app.command("status")(flink.status)
app.command("stop")(flink.stop)
app.command("cancel")(flink.cancel)


@app.callback()
def enrich(
    context: typer.Context,
    broker: options.BrokerAddress = options.DEFAULT_BROKER,
    group: options.Group = options.DEFAULT_GROUP,
    runner: Annotated[
        Runner,
        typer.Option(envvar="NEWSLINE_RUNNER", metavar="NAME", help="What runs the Beam job."),
    ] = Runner.DIRECT,
    flink_master: options.FlinkMaster = "",
    job_server_jar: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_JOB_SERVER_JAR",
            metavar="FILE",
            show_default="none",
            help="Beam's job server for Flink, as deploy/flink/pom.xml builds it.",
        ),
    ] = "",
    parallelism: Annotated[
        int,
        typer.Option(
            envvar="NEWSLINE_PARALLELISM",
            min=0,
            max=128,
            metavar="NUMBER",
            help="Flink's workers; 0: one per partition, as far as slots are free.",
        ),
    ] = 0,
    worker_address: options.WorkerAddress = options.DEFAULT_WORKER_ADDRESS,
    from_savepoint: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_FROM_SAVEPOINT",
            metavar="PATH",
            show_default="none",
            help="Begin on Flink with this savepoint's state; newsline enrich restore does.",
        ),
    ] = "",
    until_caught_up: Annotated[
        bool,
        typer.Option(
            "--until-caught-up",
            envvar="NEWSLINE_UNTIL_CAUGHT_UP",
            help="End when everything on news.raw is enriched; otherwise at SIGTERM.  [off]",
        ),
    ] = False,
    children: options.Children = 0,
    deadline: options.Deadline = options.DEFAULT_DEADLINE,
    model: options.Models = [],  # noqa: B006 - Typer makes a list of its own
    without: options.Without = [],  # noqa: B006
    recall: options.Recall = False,
    jsonl: options.JsonLinesDirectory = "",
    status_address: options.StatusAddress = "127.0.0.1:9402",
) -> None:
    """Enrich the articles of news.raw into news.enriched, exactly once.

    Runs here until SIGTERM. On a Flink cluster the job is submitted and continues there. Beam's own
    flags are passed on, each as --name=value.
    """
    if context.invoked_subcommand:
        return
    from newsline.sinks.jsonl import JsonLines
    from pipeline.beam.job import Job

    exit_with_parent()
    on_cluster = runner is Runner.FLINK and flink_master != flink.EMBEDDED
    if from_savepoint and not on_cluster:
        raise OperatorError("a savepoint is Flink's: add --runner FlinkRunner --flink-master …")
    if until_caught_up and runner is Runner.FLINK:
        raise OperatorError("a job on Flink does not end by itself: leave out --until-caught-up")
    with connect(broker) as connection:
        contents.ensure(connection)
        last_run.write(broker)
        job = Job(
            broker=broker,
            group=group,
            children=_children(
                children or (1 if on_cluster else 0), deadline, model, without, recall
            ),
            sinks=[JsonLines(jsonl)] if jsonl else [],
            until_caught_up=until_caught_up,
        )
        flags = beam_flags.given(context)
        if on_cluster:
            place = flink.Place(flink_master, job_server_jar, parallelism, from_savepoint)
            workers = f"--environment_config={worker_address}"
            flink.submit(job, connection.partitions(RAW_TOPIC), place, [workers, *flags])
            return
        if runner is Runner.FLINK:
            work = flink.embedded(job, job_server_jar, flags, parallelism or 1)
        else:
            work = foreground.work(job, flags, on_prism=runner is Runner.PRISM)
        foreground.run(connection, job, work, status_address)


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def restore(
    context: typer.Context,
    savepoint: Annotated[
        str, typer.Argument(metavar="SAVEPOINT", help="As newsline enrich stop has named it.")
    ],
) -> None:
    """Submit the job to Flink with a savepoint's state; takes the options of newsline enrich.

    Without a savepoint nothing is lost either: the offsets are in the broker.
    """
    assert context.parent
    group: Any = context.parent.command
    arguments = ["--from-savepoint", savepoint, *context.args]
    with group.make_context("enrich", arguments, parent=context.parent.parent) as again:
        group.invoke(again)


def _children(
    count: int, deadline: float, model: list[str], without: list[str], recall: bool
) -> Children:
    from pipeline.beam.enrichment import Children
    from pipeline.enrich.runner.enrichers import Settings

    enrichers = Settings(models=options.models(model), without=without, recall=recall)
    return Children(count or os.cpu_count() or 1, enrichers, deadline)
