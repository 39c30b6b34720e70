"""``newsline schema``: the records' JSON Schema, for consumers in other languages."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from newsline.cli.tail import TopicName
from newsline.json_schema import json_schema


def schema(
    which: Annotated[
        TopicName, typer.Argument(metavar="TOPIC", help="The last part of its name.")
    ] = TopicName.ENRICHED,
) -> None:
    """Print the JSON Schema (2020-12) of a topic's records."""
    json.dump(json_schema(f"news.{which.value}"), sys.stdout, indent=2)
    print()
