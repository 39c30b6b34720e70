"""requirements/ has hashes, and agrees with pyproject.toml and constraints.txt."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
GROUPS = PYPROJECT["dependency-groups"]

WANTED = {
    "build": ["pip", "setuptools"],
    "connectors": ["newsline[connectors]"],
    "worker": ["newsline[flink]"],
    "otlp": ["newsline[otlp]"],
    "test": GROUPS["test"],
    "tools": GROUPS["tools"],
    "data": [*GROUPS["data"], *GROUPS["train"]],
}
"""Lock → what it is made for."""

HASH = re.compile(r"sha256:[0-9a-f]{64}")


class Locked(NamedTuple):
    requirement: Requirement
    hashes: list[str]

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)


def locked(lock: str) -> list[Locked]:
    text = (CHECKOUT / "requirements" / f"{lock}.txt").read_text().replace("\\\n", "")
    lines = [line.split(" --hash=") for line in text.splitlines()]
    return [Locked(Requirement(first), [each.strip() for each in rest]) for first, *rest in lines]


def constrained() -> set[str]:
    lines = (CHECKOUT / "constraints.txt").read_text().splitlines()
    return {pinned(Requirement(line)) for line in lines if not line.startswith("#")}


def pinned(requirement: Requirement) -> str:
    return f"{canonicalize_name(requirement.name)}{requirement.specifier}"


def closure(wanted: list[str]) -> set[str]:
    """Names of the packages and of all that they require here, as far as they are installed."""
    names: set[str] = set()
    seen: set[str] = set()
    pending = [Requirement(each) for each in wanted]
    while pending:
        each = pending.pop()
        applies = each.marker is None or each.marker.evaluate({"extra": ""})
        if applies and str(each) not in seen:
            seen.add(str(each))
            names.add(canonicalize_name(each.name))
            pending += required(each)
    return names - {"newsline"}


def required(by: Requirement) -> Iterator[Requirement]:
    for text in own(by) if by.name == "newsline" else installed(by.name):
        each = Requirement(text)
        extras = by.extras or {""}
        if each.marker is None or any(each.marker.evaluate({"extra": one}) for one in extras):
            each.marker = None
            yield each


def own(by: Requirement) -> list[str]:
    return PYPROJECT["project"]["dependencies"] + [
        line for extra in by.extras for line in EXTRAS[extra]
    ]


@cache
def installed(name: str) -> list[str]:
    try:
        return requires(name) or []
    except PackageNotFoundError:  # another group's
        return []


@pytest.mark.parametrize("lock", WANTED)
def test_every_package_has_the_version_of_the_constraints_and_hashes(lock):
    pins = constrained() | {pinned(Requirement(each)) for each in WANTED["data"]}
    for each in locked(lock):
        assert pinned(each.requirement) in pins, "run make lock"
        assert each.hashes
        assert all(HASH.fullmatch(one) for one in each.hashes)


@pytest.mark.parametrize("lock", ["build", "connectors", "worker", "test", "tools"])
def test_everything_that_is_required_is_locked(lock):
    assert closure(WANTED[lock]) <= {each.name for each in locked(lock)}, "run make lock"


@pytest.mark.parametrize("lock", ["connectors", "worker"])
def test_nothing_is_locked_that_no_other_package_requires(lock):
    found = closure(WANTED[lock])
    here = [each for each in locked(lock) if not each.requirement.marker]
    assert {each.name for each in here} <= found, "run make lock"


@pytest.mark.parametrize("lock", ["connectors", "worker"])
def test_what_runs_here_is_what_is_locked(lock):
    for each in locked(lock):
        if not each.requirement.marker or each.requirement.marker.evaluate():
            assert each.requirement.specifier.contains(version(each.name))


def test_makes_targets_install_nothing_without_its_hash():
    makefile = (CHECKOUT / "Makefile").read_text()
    installs = re.findall(
        r"^\t@(.*pip install.*|\$\((?:INSTALL|LOCKED)\).*)$", makefile, re.MULTILINE
    )
    assert len(installs) > 4
    for each in installs:
        hashed = each.startswith("$(LOCKED)") or "--require-hashes" in each
        assert hashed or each.endswith("--no-deps --no-build-isolation --editable .")
