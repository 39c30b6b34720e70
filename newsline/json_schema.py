"""The contract as JSON Schema (2020-12), for readers in other languages."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from newsline import records
from newsline.attribute_docs import attribute_docs

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_LINK = re.compile(r"\[([^]]+)]\([^)]+\)")


def json_schema(topic: str) -> dict[str, Any]:
    """The schema of a topic's records, each field with its text. Raises KeyError for others."""
    schema = {"$schema": DIALECT} | msgspec.json.schema(records.KINDS[topic])
    for name, definition in schema["$defs"].items():
        texts = attribute_docs(vars(records)[name])
        for field, place in definition.get("properties", {}).items():
            if field in texts:
                place["description"] = _LINK.sub(r"\1", texts[field])
    return schema
