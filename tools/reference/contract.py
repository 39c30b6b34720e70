"""Closed sets and record types: outcomes, dead letters, records, reports, events."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import partial
from typing import Any, get_args

import msgspec
from msgspec import inspect

from connectors.poll.report import FeedReport
from newsline import outcomes, records
from newsline.attribute_docs import attribute_docs
from newsline.log_lines import LogEvent
from newsline.topics.dead_letters.survey import LetterReport
from newsline.trace.events import Event
from tools.reference.blocks import Blocks, table


def _values(values: type[StrEnum], header: str = "Outcome") -> str:
    docs = attribute_docs(values)
    rows = [(f"`{member.value}`", docs.get(member.name, "")) for member in values]
    return table((header, "Meaning"), rows)


def _record(record: type[msgspec.Struct], beyond: type[msgspec.Struct] = msgspec.Struct) -> str:
    """The record's fields that ``beyond`` lacks, then those of the records in it, each once."""
    parts = [_fields(record, beyond)]
    shown = set(_nested(beyond)) if beyond is not msgspec.Struct else set()
    for nested in dict.fromkeys(_nested(record)):
        if nested not in shown:
            parts += [f"### {nested.__name__}", _prose(nested), _fields(nested)]
    return "\n\n".join(part for part in parts if part)


def _prose(record: type) -> str:
    """The docstring's first paragraph, as Markdown."""
    return " ".join((record.__doc__ or "").split("\n\n")[0].split()).replace("``", "`")


def _fields(record: type[msgspec.Struct], beyond: type[msgspec.Struct] = msgspec.Struct) -> str:
    docs = attribute_docs(record)
    rows = [
        (f"`{field.encode_name}`", _shown(field.type), docs.get(field.name, ""))
        for field in _info(record).fields
        if field.name not in beyond.__struct_fields__
    ]
    return table(("Field", "Type", "Meaning"), rows)


def _info(record: type[msgspec.Struct]) -> inspect.StructType:
    info = inspect.type_info(record)
    assert isinstance(info, inspect.StructType)
    return info


def _nested(record: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for field in _info(record).fields:
        for found in _structs(field.type):
            yield found
            yield from _nested(found)


def _structs(kind: inspect.Type) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, inspect.StructType):
        yield kind.cls
    for inner in _inner(kind):
        yield from _structs(inner)


def _inner(kind: inspect.Type) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.Metadata):
        yield kind.type
    elif isinstance(kind, inspect.UnionType):
        yield from kind.types
    elif isinstance(kind, (inspect.VarTupleType, inspect.ListType, inspect.CollectionType)):
        yield kind.item_type
    elif isinstance(kind, inspect.DictType):
        yield kind.value_type


NAMES: dict[type[inspect.Type], str] = {
    inspect.BoolType: "boolean",
    inspect.BytesType: "string, base64",
    inspect.DateTimeType: "timestamp (RFC 3339, UTC)",
    inspect.FloatType: "number",
    inspect.IntType: "integer",
    inspect.StrType: "string",
}


def _shown(kind: inspect.Type) -> str:  # noqa: PLR0911 - a line for each kind of type
    if isinstance(kind, inspect.Metadata):
        kind = kind.type
    match kind:
        case inspect.UnionType():
            parts = [_shown(each) for each in kind.types if not isinstance(each, inspect.NoneType)]
            return " or ".join(parts) + (", or null" if len(parts) < len(kind.types) else "")
        case inspect.StructType():
            return kind.cls.__name__
        case inspect.EnumType():
            return "one of " + ", ".join(f"`{each.value}`" for each in kind.cls)
        case inspect.LiteralType():
            return "one of " + ", ".join(f"`{each}`" for each in kind.values)
        case inspect.VarTupleType() | inspect.ListType() | inspect.CollectionType():
            return f"array of {_shown(kind.item_type)}{_bounds(kind, ' items')}"
        case inspect.DictType():
            return f"object{_bounds(kind, ' entries')}"
        case _:
            return NAMES.get(type(kind), "any JSON") + _bounds(kind, " characters")


def _bounds(kind: Any, unit: str) -> str:
    """``, 1 to 500 characters``; "" without an upper bound."""
    if (longest := getattr(kind, "max_length", None)) is not None:
        shortest = kind.min_length or 0
        return f", {shortest} to {longest:,}{unit}" if shortest else f", up to {longest:,}{unit}"
    low, high = getattr(kind, "ge", None), getattr(kind, "le", None)
    if high is not None:
        return f", {low or 0:,} to {high:,}"
    return f", from {low:,}" if low is not None else ""


def _events() -> str:
    parts = []
    for event in get_args(Event):
        parts += [f"### `{event.__struct_config__.tag}`", _prose(event), _fields(event)]
    return "\n\n".join(parts)


BLOCKS: Blocks = {
    "outcomes-poll": partial(_values, outcomes.PollOutcome),
    "outcomes-page": partial(_values, outcomes.PageOutcome),
    "outcomes-entry": partial(_values, outcomes.EntryOutcome),
    "revision-reasons": partial(_values, outcomes.RevisionReason, "Reason"),
    "outcomes-revisit": partial(_values, outcomes.RevisitOutcome),
    "outcomes-fetch": partial(_values, outcomes.FetchOutcome),
    "outcomes-websub": partial(_values, outcomes.WebSubOutcome),
    "outcomes-enricher": partial(_values, outcomes.EnricherOutcome),
    "dead-letter-stages": partial(_values, outcomes.Stage, "Stage"),
    "dead-letter-reasons": partial(_values, outcomes.Reason, "Reason"),
    "dead-letter-states": partial(_values, outcomes.LetterState, "State"),
    "offset-jumps": partial(_values, outcomes.OffsetJump, "Reason"),
    "log-events": partial(_values, LogEvent, "Event"),
    "entity-types": partial(_values, outcomes.EntityType, "Type"),
    "feed-status": partial(_record, FeedReport),
    "trace-events": _events,
    "records-raw": partial(_record, records.RawArticle),
    "records-enriched": partial(_record, records.EnrichedArticle, records.RawArticle),
    "dead-letter-report": partial(_record, LetterReport),
    "records-dead-letter": partial(_record, records.DeadLetter),
}
