"""No file of deploy/ holds a secret."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.deploy.files import DEPLOY, FILES

IN_A_FILE = re.compile(r"_FILE$")
"""The value is the path of a file with the secret."""

SECRET = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|API_?KEY|PRIVATE", re.IGNORECASE)
FORMATS = re.compile(r"-----BEGIN|AKIA[0-9A-Z]{16}|gh[pousr]_\w{20}|eyJ[\w-]{20,}\.")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_no_file_holds_a_key_or_a_token(path):
    assert not FORMATS.search(path.read_text())


def variables(part: Any) -> list[tuple[str, Any]]:
    """Every environment variable below, with its value: None where it comes from elsewhere."""
    if isinstance(part, list):
        return [each for inside in part for each in variables(inside)]
    if not isinstance(part, dict):
        return []
    pairs = [each for inside in part.values() for each in variables(inside)]
    if isinstance(environment := part.get("environment"), dict):
        pairs += environment.items()
    pairs += [(each["name"], each.get("value")) for each in part.get("env") or []]
    return pairs


def test_no_variable_with_a_secret_has_its_value_in_a_file(compose, resources):
    maps = [{"environment": each.get("data")} for each in resources if each["kind"] == "ConfigMap"]
    pairs = variables([compose, resources, maps])
    names = [name for name, _ in pairs]
    assert "NEWSLINE_KAFKA_PASSWORD_FILE" in names
    assert "NEWSLINE_KAFKA_SECURITY" in names
    assert "POSTGRES_PASSWORD_FILE" in names
    told = {
        name: value
        for name, value in pairs
        if SECRET.search(name) and value is not None and not IN_A_FILE.search(name)
    }
    assert told == {}


def test_no_resource_is_a_secret_with_its_content(resources, monitoring):
    assert "Secret" not in {each["kind"] for each in resources + monitoring}
