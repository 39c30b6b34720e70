"""Resources against a CustomResourceDefinition, stricter than the API server: it drops a field that
it does not know, and so what was mistyped would do nothing."""

from __future__ import annotations

from typing import Any

import jsonschema


def errors(resource: dict[str, Any], crd: dict[str, Any]) -> list[str]:
    """What is wrong with the resource, each with its place."""
    (version,) = [
        each for each in crd["spec"]["versions"] if resource["apiVersion"].endswith(each["name"])
    ]
    validator = jsonschema.Draft202012Validator(_closed(version["schema"]["openAPIV3Schema"]))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(resource)]


def _closed(schema: Any) -> Any:
    """The schema with no room for properties that it does not name."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    is_schema = schema.get("type") == "object" and "properties" in schema
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields", False)
    if is_schema and not open_ended and "additionalProperties" not in schema:
        closed["additionalProperties"] = False
    # Every resource has these, and a CRD does not repeat what is in them.
    if schema.get("type") == "object" and set(schema.get("properties", {})) >= {"spec", "status"}:
        closed["properties"] = {"apiVersion": {}, "kind": {}, "metadata": {}} | closed["properties"]
    return closed
