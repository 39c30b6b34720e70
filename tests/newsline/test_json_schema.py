from typing import Any

import msgspec
import pytest

from newsline import records
from newsline.json_schema import json_schema


@pytest.mark.parametrize("topic", records.TOPICS)
def test_there_is_a_json_schema_for_each_topic(topic):
    schema = json_schema(topic)
    assert schema["$ref"] == f"#/$defs/{records.KINDS[topic].__name__}"
    assert "2020-12" in schema["$schema"]


@pytest.mark.parametrize("topic", records.TOPICS)
def test_every_field_has_a_description_without_links(topic):
    for definition in json_schema(topic)["$defs"].values():
        for name, field in definition.get("properties", {}).items():
            if name != "schema":
                assert field["description"]
                assert "](" not in field["description"]


@pytest.mark.parametrize("topic", records.TOPICS)
def test_descriptions_change_nothing_else(topic):
    plain = msgspec.json.schema(records.KINDS[topic])
    described = json_schema(topic)
    assert without_descriptions(described["$defs"]) == without_descriptions(plain["$defs"])


def without_descriptions(value: Any) -> Any:
    """The value without the texts of ``description``; a field of that name would be a dict."""
    if isinstance(value, dict):
        return {
            key: without_descriptions(inner)
            for key, inner in value.items()
            if not (key == "description" and isinstance(inner, str))
        }
    return [without_descriptions(each) for each in value] if isinstance(value, list) else value
