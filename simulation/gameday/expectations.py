"""What each fault is to lead to: expectations.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec

FILE = Path(__file__).with_name("expectations.toml")
RUNBOOK = Path("deploy/RUNBOOK.md")


class Command(msgspec.Struct, frozen=True):
    """A command of the runbook; ``phrase``: what its output must have, as a regular expression."""

    run: str
    phrase: str
    exit: int = 0


class Expectation(msgspec.Struct, frozen=True, kw_only=True):
    """``conditions``: each is right. ``stage``, ``alert``: None if there is to be none. ``follow``:
    alerts that a long fault brings too, because they are of the same cause. ``minutes``: of the
    rules' clock, until the alert. ``repairs``: commands once the cause is gone. ``on``: the
    deployments that can have it."""

    fault: str
    conditions: Sequence[str]
    stage: str | None = None
    alert: str | None = None
    follow: Sequence[str] = ()
    minutes: float = 15.0
    commands: Sequence[Command] = ()
    repairs: Sequence[str] = ()
    on: Sequence[str] = ("embedded", "kafka")
    note: str = ""


def expectations() -> Sequence[Expectation]:
    return [msgspec.convert(each, Expectation) for each in tomllib.loads(FILE.read_text())["fault"]]


def runbook_section(alert: str) -> str:
    """The section of the runbook for this alert, with those that it refers to by ``as for``; empty
    if there is none."""
    found = re.search(rf"^## {alert}$(.*?)(?=^#)", RUNBOOK.read_text(), re.MULTILINE | re.DOTALL)
    if found is None:
        return ""
    others = re.findall(r"as for \[(\w+)\]", found.group(1))
    return "".join([found.group(1), *map(runbook_section, others)])
