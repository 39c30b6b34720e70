"""pyproject.toml and constraints.txt: each dependency is named once, and pinned on every Python."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
PYTHONS = ["3.11.0", "3.11.14", "3.12.0", "3.13.0", "3.14.0"]


def named() -> Iterator[Requirement]:
    """Requirements of the main list, the extras and the groups, without newsline's own extras."""
    lists = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    for each in [*lists, *PYPROJECT.get("dependency-groups", {}).values()]:
        requirements = (Requirement(line) for line in each if isinstance(line, str))
        yield from (one for one in requirements if one.name != PROJECT["name"])


def pins(python: str) -> Iterator[Requirement]:
    environment = {"python_version": python.rpartition(".")[0], "python_full_version": python}
    groups = PYPROJECT["dependency-groups"]
    lines = (CHECKOUT / "constraints.txt").read_text().splitlines()
    lines += [*groups["data"], *groups["train"]]  # installed without dependencies, so pinned there
    for pin in (Requirement(line) for line in lines if not line.startswith("#")):
        if pin.marker is None or pin.marker.evaluate(environment):
            yield pin


def test_a_dependency_has_its_bounds_in_one_place():
    count = Counter(canonicalize_name(each.name) for each in named())
    assert not [name for name, times in count.items() if times > 1]


@pytest.mark.parametrize("python", PYTHONS)
def test_every_pin_holds_on_every_python(python):
    found = list(pins(python))
    pinned = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in found}
    assert len(pinned) == len(found)
    for each in named():
        assert each.specifier.contains(pinned[canonicalize_name(each.name)]), each
