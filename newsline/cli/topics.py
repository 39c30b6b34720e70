"""``newsline topics``: show, check and create the topics."""

from __future__ import annotations

import math
from enum import StrEnum
from itertools import groupby
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from newsline.announce import warn
from newsline.broker import OpenTransaction, connect
from newsline.cli import last_run, options, terminal
from newsline.cli.default_command import DefaultCommandGroup
from newsline.cli.tail import TopicName
from newsline.durations import parse_duration
from newsline.errors import OperatorError
from newsline.log_lines import LogEvent
from newsline.sizes import parse_size
from newsline.topics import check, contents, open_transactions
from newsline.topics.create import PARTITIONS, TopicOptions, create_marks_topic, create_topics
from newsline.topics.dead_letters.marks import MARKS_TOPIC

app = typer.Typer(cls=DefaultCommandGroup, invoke_without_command=True)


class Compacted(StrEnum):
    """Topics that may be compacted: a later record supersedes earlier ones of its key."""

    RAW = TopicName.RAW
    ENRICHED = TopicName.ENRICHED


@app.callback()
def show(
    context: typer.Context,
    broker: options.ReadBroker = "",
    group: options.Group = options.DEFAULT_GROUP,
) -> None:
    """Show the number of records in each topic, and the lag. Transactions that stay open too."""
    if context.invoked_subcommand:
        return
    address = last_run.broker(broker)
    with options.connect_to_existing(address) as connection:
        table = Table("topic", "partitions", "end offset", "lag")
        for state in contents.states(connection, group):
            lag = "" if state.lag is None else str(state.lag)
            table.add_row(state.topic, str(state.partitions), str(state.end), lag)
        Console().print(table)
        for finding in check.findings(connection):
            warn(f"{finding.topic}: {finding.what}")
        for topic in (*open_transactions.WATCHED, MARKS_TOPIC):
            for found in open_transactions.stale(connection, topic):
                warn(open_transactions.line(topic, found), LogEvent.OPEN_TRANSACTION)
                terminal.say(f"  {_abort_command(address, topic, found)}", err=True)


def _abort_command(address: str, topic: str, found: OpenTransaction) -> str:
    return (
        f"kafka-transactions.sh --bootstrap-server {address.removeprefix('kafka://')} abort"
        f" --topic {topic} --partition {found.partition} --start-offset {found.offset}"
    )


@app.command()
def create(
    broker: options.BrokerAddress = options.DEFAULT_BROKER,
    partitions: Annotated[
        int | None,
        typer.Option(
            envvar="NEWSLINE_TOPICS_PARTITIONS",
            min=1,
            metavar="NUMBER",
            show_default=f"{PARTITIONS} for a new topic",
            help="Partitions of each topic; a topic that has fewer gets more.",
        ),
    ] = None,
    replication: Annotated[
        int | None,
        typer.Option(
            envvar="NEWSLINE_TOPICS_REPLICATION",
            min=1,
            metavar="NUMBER",
            show_default="3, or as many as there are brokers",
            help="Number of brokers that hold a copy.",
        ),
    ] = None,
    min_isr: Annotated[
        int | None,
        typer.Option(
            envvar="NEWSLINE_TOPICS_MIN_ISR",
            min=1,
            metavar="NUMBER",
            show_default="2 of 3 copies, 1 of fewer",
            help="Copies that must have a record before it counts as written.",
        ),
    ] = None,
    retention: Annotated[
        list[str],
        typer.Option(
            envvar="NEWSLINE_TOPICS_RETENTION",
            metavar="TOPIC=DURATION|SIZE",
            show_default="the cluster's; embedded: forever",
            help="How long records are kept, such as raw=7d or enriched=forever; on the embedded"
            " broker also up to which size, such as raw=2GB. Repeatable.",
        ),
    ] = [],  # noqa: B006 - Typer makes a list of its own
    compact: Annotated[
        list[Compacted],
        typer.Option(
            envvar="NEWSLINE_TOPICS_COMPACT",
            metavar="TOPIC",
            show_default="none",
            help="Keep only the last record of each article, in raw or enriched; repeatable.",
        ),
    ] = [],  # noqa: B006
) -> None:
    """Create missing topics and check existing ones.

    Prints the commands that correct them. Exit code 1 if a topic has other settings than given here
    or cannot be used.
    """
    limits = [_retention(each) for each in retention]
    wanted = TopicOptions(
        partitions=partitions,
        replication=replication,
        min_isr=min_isr,
        retention={topic: kept for topic, kept, _ in limits if kept is not None},
        size={topic: size for topic, _, size in limits if size is not None},
        compact={f"news.{each.value}" for each in compact},
    )
    with connect(broker) as connection:
        for line in (*create_topics(connection, wanted), create_marks_topic(connection, wanted)):
            terminal.say(line)
        found = check.findings(connection, wanted)
    for topic, own in groupby(found, lambda finding: finding.topic):
        _show(topic, list(own), broker)
    if any(finding.fault for finding in found):
        raise OperatorError("topics need correction: run the commands above")


def _retention(setting: str) -> tuple[str, float | None, int | None]:
    """Parse ``raw=7d`` as a topic and seconds, ``raw=2GB`` as a topic and bytes."""
    which, _, text = setting.partition("=")
    seconds = math.inf if text == "forever" else parse_duration(text)
    size = parse_size(text)
    if which not in list(TopicName) or (seconds is None and size is None):
        raise OperatorError(
            f"--retention {setting!r} is not TOPIC=DURATION or TOPIC=SIZE: raw, enriched or"
            " dead-letter, and a number with s, m, h, d or w, or forever, or with MB, GB or TB"
        )
    return f"news.{which}", seconds, size


def _show(topic: str, found: list[check.TopicFinding], broker: str) -> None:
    """Print a topic's findings, and the command that corrects them."""
    settings: dict[str, str] = {}
    for finding in found:
        terminal.say(f"{'' if finding.fault else 'warning: '}{topic}: {finding.what}")
        for name, value in finding.settings.items():
            settings.setdefault(name, value)  # settings that were given come first
    servers = f"--bootstrap-server {broker.removeprefix('kafka://')}"
    if settings:
        values = ",".join(
            f"{name}=[{value}]" if "," in value else f"{name}={value}"
            for name, value in settings.items()
        )
        terminal.say(
            f"  kafka-configs.sh {servers} --alter --entity-type topics --entity-name {topic}"
            f" --add-config '{values}'"
        )
    for finding in found:
        for name, value in finding.broker_settings.items():
            terminal.say(f"  {name}={value} in server.properties of each broker, then restart it")
    if not all(finding.settings or finding.broker_settings for finding in found):
        terminal.say(f"  kafka-reassign-partitions.sh {servers} adds and removes copies")
