"""``newsline enrich skip``: pass over records of news.raw that cannot be read."""

from __future__ import annotations

import re
from contextlib import closing
from typing import Annotated

import typer

from newsline.cli import options
from newsline.errors import OperatorError
from newsline.records import RAW_TOPIC


def skip(
    to: Annotated[
        str,
        typer.Argument(
            metavar="PARTITION:OFFSET",
            help="Partition of news.raw, and the offset to continue at.",
        ),
    ],
    broker: options.BrokerAddress = options.DEFAULT_BROKER,
    group: options.Group = options.DEFAULT_GROUP,
) -> None:
    """Continue in a partition of news.raw at a later offset; records before it are not enriched.

    For records that cannot be read. A running job ends: start it again afterwards.
    """
    from pipeline.beam.claims import Partition, PartitionClaim

    number, offset = _parsed(to)
    with options.connect_to_existing(broker) as connection:
        if number >= connection.partitions(RAW_TOPIC):
            raise OperatorError(f"{RAW_TOPIC} has no partition {number}")
        end = connection.end_offsets(RAW_TOPIC)[number]
        partition = Partition(broker, group, RAW_TOPIC, number)
        with closing(PartitionClaim(connection, partition)) as claim:
            before = claim.offset
            if not before < offset <= end:
                raise OperatorError(
                    f"{RAW_TOPIC} partition {number} is at offset {before} of {end}:"
                    f" {offset} is not between them"
                )
            claim.commit([], offset)
    typer.echo(
        f"{RAW_TOPIC} partition {number} continues at offset {offset}:"
        f" {before} to {offset - 1} are not enriched"
    )


def _parsed(to: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,9}):([0-9]{1,18})", to)
    if match is None:
        raise OperatorError(f"{to!r} is not PARTITION:OFFSET, such as 0:1234")
    return int(match[1]), int(match[2])
