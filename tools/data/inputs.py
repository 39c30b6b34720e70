"""The pinned inputs of each shipped table, and what differs from the pins."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import msgspec

CHECKOUT = Path(__file__).parents[2]
GROUPS = ("data", "train")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The names of the inputs of one shipped file. ``own``: files of newsline beside it."""

    packages: tuple[str, ...]
    files: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An input that is no package."""

    origin: str
    licence: str
    sha256: str


class Inputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """inputs.toml: shipped file → inputs, and input file → origin."""

    tables: dict[str, Table]
    files: dict[str, File]


def read() -> Inputs:
    """The inputs of this repository."""
    return msgspec.toml.decode(Path(__file__).with_name("inputs.toml").read_bytes(), type=Inputs)


def pins(checkout: Path = CHECKOUT) -> dict[str, str]:
    """Package → version: the dependency groups' pins, and those of newsline's own dependencies."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
    lines = (checkout / "constraints.txt").read_text(encoding="utf-8").splitlines()
    for group in GROUPS:
        lines += project["dependency-groups"][group]
    pinned = (re.fullmatch(r"([\w.-]+)==([^ ;]+).*", line) for line in lines)
    return {found[1]: found[2] for found in pinned if found}


def installed(package: str) -> str | None:
    """The installed version of the package, if any."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


class Differences(NamedTuple):
    """A clause per input that is not as pinned; a ``missing`` one prevents making the table."""

    missing: list[str]
    changed: list[str]


def differences(
    table: Table,
    files: Mapping[str, File],
    folder: Path,
    pinned: Mapping[str, str],
    installed: Callable[[str], str | None] = installed,
) -> Differences:
    """Compare the packages and files of a table with their pins."""
    found = Differences([], [])
    for package in table.packages:
        have = installed(package)
        if have is None:
            found.missing.append(f"{package} {pinned[package]} is not installed")
        elif have != pinned[package]:
            found.changed.append(f"{package} is {have}, pinned {pinned[package]}")
    for name in table.files:
        file, path = files[name], folder / name
        if not path.exists():
            found.missing.append(f"{path} is missing ({file.origin}; {file.licence})")
        elif (digest := hashlib.sha256(path.read_bytes()).hexdigest()) != file.sha256:
            found.changed.append(f"{path} has SHA-256 {digest[:12]}…, pinned {file.sha256[:12]}…")
    return found


def verdict(table: Table, found: Differences, is_equal: bool) -> str:
    """What to print of a table: equal, differs or not made, and the inputs that explain it."""
    changed = "; ".join(found.changed)
    if found.missing:
        return f"not made: {'; '.join(found.missing)}"
    if is_equal:
        return f"equal to the shipped one{changed and f', although {changed}'}"
    if changed:
        return f"differs: {changed}"
    return (
        f"differs, with all inputs as pinned: {', '.join((*table.own, 'code or machine'))} changed"
    )
