"""The newsline command.

Exit codes: 0 done, or drained after SIGTERM; 1 an error, printed in one line; 2 a wrong command
line or environment variable; 130 interrupted.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from newsline import private_files
from newsline.announce import report
from newsline.cli import options
from newsline.cli.commands import COMMANDS, Commands, extra_needed
from newsline.errors import OperatorError, without_logins
from newsline.printable import printable_lines
from newsline.service.ending import end_soon


class Newsline(TyperGroup):
    """The group of all commands. Prints an expected error in one line, with exit code 1.

    A command's module is imported when the command is called: ``newsline --help`` imports none.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = Commands()  # type: ignore[assignment]

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.summary) for name, command in COMMANDS.items()])

    def invoke(self, ctx: Any) -> Any:
        private_files.make_private()
        try:
            return super().invoke(ctx)
        except OperatorError as error:
            line = str(error)
            _traceback_if(ctx.params["debug"])
        except ModuleNotFoundError as error:  # imported by the command itself
            name = ctx.invoked_subcommand
            needed = extra_needed(name, COMMANDS[name].extra, error)
            if needed is None:
                raise
            line = str(needed)
            _traceback_if(ctx.params["debug"])
        except BrokenPipeError:
            raise  # the reader of the output has closed it; Typer exits silently
        except OSError as error:  # a full disk, a directory that may not be written
            where = error.filename or "a file"
            line = f"{where}: {error.strerror}: use a writable path on a disk with free space"
            _traceback_if(ctx.params["debug"])
        report(without_logins(f"newsline: {line}"))
        return ctx.exit(1)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"newsline {version('newsline')}")
        raise typer.Exit


def _traceback_if(debug: bool) -> None:
    if debug:
        print(printable_lines(without_logins(traceback.format_exc())), end="", file=sys.stderr)


app = typer.Typer(
    cls=Newsline,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 100},
)


@app.callback()
def newsline(
    context: typer.Context,
    config: str = typer.Option(
        "",
        envvar="NEWSLINE_CONFIG",
        metavar="FILE",
        show_default="none",
        help="Settings file in TOML: a table per command, with the names of its options as keys.",
    ),
    debug: bool = typer.Option(
        False,
        "--debug",
        envvar="NEWSLINE_DEBUG",
        help="Show a traceback with an error, and libraries' warnings.  [off]",
    ),
    _version: bool = typer.Option(
        False,
        "--version",
        callback=_print_version,
        is_eager=True,
        expose_value=False,
        help="Show the version and exit.",
    ),
) -> None:
    """Feeds in, enriched articles out, exactly once.

    A flag overrides its environment variable, which overrides the settings file.
    """
    logging.basicConfig(level=logging.WARNING if debug else logging.ERROR)
    if not debug:
        # Beam warns of Google packages that are not needed here, and logs the traceback of each
        # exception that it raises.
        logging.getLogger("apache_beam").setLevel(logging.CRITICAL)
    if config:
        context.default_map = options.load(config, context)


def main() -> None:
    """Run the command line of this process, and end it although a thread hangs."""
    try:
        app(prog_name="newsline")
    except SystemExit as ended:
        end_soon(ended.code if isinstance(ended.code, int) else int(ended.code is not None))
        raise
