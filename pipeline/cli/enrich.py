"""``newsline enrich``: the Beam job from news.raw to news.enriched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from newsline.broker import Broker, connect
from newsline.cli import last_run, options
from newsline.records import RAW_TOPIC
from newsline.service.access import Endpoints, access
from newsline.service.processes import exit_with_parent
from newsline.topics import contents
from pipeline.cli import beam_flags, flink, foreground
from pipeline.cli import skip as skipping
from pipeline.cli.enrich_options import EnrichOptions, Runner

RunMode = Callable[[EnrichOptions, Broker], None]
"""Runs the job with these options; the topics exist."""


app = typer.Typer(cls=beam_flags.BeamFlagsGroup, invoke_without_command=True)
app.command("status")(flink.status)
app.command("stop")(flink.stop)
app.command("cancel")(flink.cancel)
app.command("skip")(skipping.skip)


@app.callback()
def enrich(
    context: typer.Context,
    broker: options.BrokerAddress = options.DEFAULT_BROKER,
    group: options.Group = options.DEFAULT_GROUP,
    runner: Annotated[
        Runner,
        typer.Option(
            envvar="NEWSLINE_RUNNER", metavar="NAME", help="The system that runs the job."
        ),
    ] = Runner.DIRECT,
    flink_master: options.FlinkMaster = "",
    job_server_jar: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_JOB_SERVER_JAR",
            metavar="FILE",
            show_default="none",
            help="Beam's job server for Flink, built by deploy/flink/pom.xml.",
        ),
    ] = "",
    parallelism: Annotated[
        int,
        typer.Option(
            envvar="NEWSLINE_PARALLELISM",
            min=0,
            max=128,
            metavar="NUMBER",
            help="Subtasks on Flink; 0: one per partition, limited by the free slots.",
        ),
    ] = 0,
    worker_address: options.WorkerAddress = options.DEFAULT_WORKER_ADDRESS,
    from_savepoint: Annotated[
        str,
        typer.Option(
            envvar="NEWSLINE_FROM_SAVEPOINT",
            metavar="PATH",
            show_default="none",
            help="Start on Flink with this savepoint's state; newsline enrich restore sets it.",
        ),
    ] = "",
    until_caught_up: Annotated[
        bool,
        typer.Option(
            "--until-caught-up",
            envvar="NEWSLINE_UNTIL_CAUGHT_UP",
            help="End once all of news.raw is enriched, instead of at SIGTERM.  [off]",
        ),
    ] = False,
    from_start: Annotated[
        bool,
        typer.Option(
            "--from-start",
            envvar="NEWSLINE_FROM_START",
            help="Where the group has no offset in a partition of Kafka, begin at its oldest"
            " record.  [off]",
        ),
    ] = False,
    from_end: Annotated[
        bool,
        typer.Option(
            "--from-end",
            envvar="NEWSLINE_FROM_END",
            help="Where the group has no offset in a partition of Kafka, begin with new records."
            "  [off]",
        ),
    ] = False,
    heartbeat: Annotated[
        float,
        typer.Option(
            envvar="NEWSLINE_HEARTBEAT",
            min=0.0,
            metavar="SECONDS",
            show_default="off",
            help="Interval in seconds of heartbeats on news.enriched: until when each partition of"
            " news.raw is done; 0: none.",
        ),
    ] = 0.0,
    children: options.Children = 0,
    deadline: options.Deadline = options.DEFAULT_DEADLINE,
    model: options.Models = [],  # noqa: B006 - Typer makes a list of its own
    without: options.Without = [],  # noqa: B006
    recall: options.Recall = False,
    jsonl: options.JsonLinesDirectory = "",
    status_address: options.StatusAddress = "127.0.0.1:9402",
    status_token: options.StatusToken = "",
    behind_proxy: options.BehindProxy = False,
) -> None:
    """Enrich articles of news.raw into news.enriched, exactly once.

    Runs here until SIGTERM. On a Flink cluster the job is submitted and continues there. Beam's own
    flags are passed on, each as --name=value.
    """
    if context.invoked_subcommand:
        return
    given = EnrichOptions(
        broker=broker,
        group=group,
        runner=runner,
        flink_master=flink_master,
        job_server_jar=job_server_jar,
        parallelism=parallelism,
        worker_address=worker_address,
        from_savepoint=from_savepoint,
        until_caught_up=until_caught_up,
        from_start=from_start,
        from_end=from_end,
        heartbeat=heartbeat,
        children=children,
        deadline=deadline,
        models=model,
        without=without,
        recall=recall,
        jsonl=jsonl,
        endpoints=Endpoints(status_address, access(status_token, behind_proxy=behind_proxy)),
        beam_flags=beam_flags.given(context),
    )
    exit_with_parent()
    given.check()
    with connect(broker) as connection:
        contents.ensure(connection)
        last_run.write(broker)
        run_mode(given)(given, connection)


def run_mode(given: EnrichOptions) -> RunMode:
    """The way to run the job with these options."""
    if given.on_cluster:
        return _submit
    return _run_on_embedded_flink if given.runner is Runner.FLINK else _run_here


def _submit(given: EnrichOptions, broker: Broker) -> None:
    flink.submit(given, given.job(), broker.partitions(RAW_TOPIC))


def _run_on_embedded_flink(given: EnrichOptions, broker: Broker) -> None:
    job = given.job()
    foreground.run(broker, job, flink.embedded(given, job), given.endpoints)


def _run_here(given: EnrichOptions, broker: Broker) -> None:
    job = given.job()
    on_prism = given.runner is Runner.PRISM
    work = foreground.in_process(job, given.beam_flags, on_prism=on_prism)
    foreground.run(broker, job, work, given.endpoints)


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def restore(
    context: typer.Context,
    savepoint: Annotated[
        str, typer.Argument(metavar="SAVEPOINT", help="The path that newsline enrich stop printed.")
    ],
) -> None:
    """Submit the job to Flink with a savepoint's state; takes the options of newsline enrich.

    Nothing is lost without a savepoint: the offsets are in the broker.
    """
    assert context.parent
    group: Any = context.parent.command
    arguments = ["--from-savepoint", savepoint, *context.args]
    with group.make_context("enrich", arguments, parent=context.parent.parent) as again:
        group.invoke(again)
