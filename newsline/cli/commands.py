"""The commands by name, with their modules and extras. A command is imported when it is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer

from newsline.errors import OperatorError


class Command(NamedTuple):
    """``target``: ``module:attribute``, a function or a Typer app. ``extra``: the package's extra
    that the command needs; "" for none. ``summary``: its line in ``newsline --help``, the first
    sentence of its docstring. ``runs_on``: until it is stopped; its lines have times.
    """

    target: str
    extra: str
    summary: str
    runs_on: bool = False


COMMANDS: Mapping[str, Command] = {
    "run": Command(
        "newsline.cli.run:run",
        "all",
        "Poll feeds and enrich their articles, until Ctrl-C.",
        runs_on=True,
    ),
    "poll": Command(
        "connectors.cli.poll:poll",
        "connectors",
        "Poll feeds and publish articles to news.raw, until SIGTERM.",
        runs_on=True,
    ),
    "enrich": Command(
        "pipeline.cli.enrich:app",
        "pipeline",
        "Enrich articles of news.raw into news.enriched, exactly once.",
        runs_on=True,
    ),
    "worker": Command(
        "pipeline.cli.worker:worker",
        "flink",
        "Serve Python workers to a Flink task manager, until SIGTERM.",
        runs_on=True,
    ),
    "monitor": Command(
        "newsline.cli.monitor:monitor",
        "service",
        "Watch the whole pipeline from outside, until SIGTERM.",
        runs_on=True,
    ),
    "status": Command(
        "newsline.cli.status:status",
        "",
        "Show the condition of the pipeline, and its first broken stage.",
    ),
    "tail": Command("newsline.cli.tail:tail", "", "Show the newest records of a topic."),
    "trace": Command(
        "newsline.cli.trace:trace",
        "",
        "Show all events of one article, from its feeds to the sinks.",
    ),
    "dead-letter": Command(
        "newsline.cli.dead_letter:app", "", "List, show, replay and drop dead letters."
    ),
    "topics": Command(
        "newsline.cli.topics:app", "", "Show the number of records in each topic, and the lag."
    ),
    "schema": Command(
        "newsline.cli.schema:schema", "", "Print the JSON Schema (2020-12) of a topic's records."
    ),
    "feeds": Command(
        "connectors.cli.feeds:app",
        "connectors",
        "Edit and check the feed list, and show the condition of feeds.",
    ),
}


class Commands(Mapping[str, Any]):
    """The commands as Click's group expects them; each is imported at its first use."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = _load(name, COMMANDS[name])
        return self._loaded[name]


def extra_needed(what: str, extra: str, error: ModuleNotFoundError) -> OperatorError | None:
    """The error that names the extra to install; None if the missing module is not an extra's."""
    package = (error.name or "").partition(".")[0]
    if not extra or package in ("", "newsline", "connectors", "pipeline"):
        return None
    return OperatorError(f"{what} needs {package}: pip install 'newsline[{extra}]'")


def _load(name: str, command: Command) -> Any:
    """Raises OperatorError if a package of the command's extra is missing."""
    module, _, attribute = command.target.partition(":")
    try:
        target = getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        if needed := extra_needed(name, command.extra, error):
            raise needed from error
        raise
    parent = typer.Typer(rich_markup_mode=None)
    if isinstance(target, typer.Typer):
        parent.add_typer(target, name=name)
    else:
        parent.command(name)(target)
    return typer.main.get_group(parent).commands[name]
