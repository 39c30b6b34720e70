"""The commands by name: where each one is, and which extra it needs. Imported when called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple

import typer

from newsline.errors import OperatorError


class Command(NamedTuple):
    """``target``: ``module:attribute``, a function or a Typer app; ``extra``: "" where none is
    needed; ``summary``: its line in ``newsline --help``."""

    target: str
    extra: str
    summary: str


COMMANDS: Mapping[str, Command] = {
    "run": Command("newsline.cli.run:run", "all", "Run connectors and job in one process tree."),
    "poll": Command("connectors.cli.poll:poll", "connectors", "Poll feeds; publish to news.raw."),
    "enrich": Command("pipeline.cli.enrich:app", "pipeline", "Run the Beam job."),
    "worker": Command(
        "pipeline.cli.worker:worker", "flink", "Start the job's Python workers for Flink."
    ),
    "tail": Command("newsline.cli.tail:tail", "", "Show the latest records of a topic."),
    "trace": Command(
        "connectors.cli.trace:trace", "connectors", "Show everything that happened to one article."
    ),
    "topics": Command("newsline.cli.topics:app", "", "Show, check and create the topics."),
    "tags": Command("pipeline.cli.tags:app", "pipeline", "The trained model for topic tags."),
    "schema": Command("newsline.cli.schema:schema", "", "Show a topic's JSON Schema."),
    "feeds": Command("connectors.cli.feeds:app", "connectors", "Edit and check the feed list."),
}


class Commands(Mapping[str, Any]):
    """The commands as Click's group wants them; each is imported when it is asked for."""

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


def _load(name: str, command: Command) -> Any:
    """Raises OperatorError where a package is missing that the command's extra brings."""
    module, _, attribute = command.target.partition(":")
    try:
        found = getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        if not command.extra or (error.name or "").split(".")[0] in _OURS:
            raise
        raise OperatorError(
            f"{name} needs {error.name}: pip install 'newsline[{command.extra}]'"
        ) from error
    parent = typer.Typer(rich_markup_mode=None)
    if isinstance(found, typer.Typer):
        parent.add_typer(found, name=name)
    else:
        parent.command(name)(found)
    return typer.main.get_group(parent).commands[name]


_OURS = ("newsline", "connectors", "pipeline")
