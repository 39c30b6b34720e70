"""``newsline topics``: what stands in each topic."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from pipeline import topics
from pipeline.cli import settings


def show(
    broker: settings.BrokerAddress = settings.DEFAULT_BROKER,
    group: settings.Group = settings.DEFAULT_GROUP,
) -> None:
    """Show the records in each topic, and how many of news.raw are yet to be enriched."""
    with settings.connect_to_existing(broker) as connection:
        table = Table("topic", "partitions", "end offset", "lag")
        for state in topics.states(connection, group):
            lag = "" if state.lag is None else str(state.lag)
            table.add_row(state.topic, str(state.partitions), str(state.end), lag)
        Console().print(table)
