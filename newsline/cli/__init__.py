"""The newsline command.

Exit codes: 0 done, or drained after SIGTERM; 1 an error, printed in one line; 2 a wrong command
line or environment variable; 130 interrupted.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from newsline import log_output, private_files
from newsline.announce import fail
from newsline.cli import options
from newsline.cli.commands import COMMANDS, Commands, extra_needed
from newsline.errors import OperatorError
from newsline.log_lines import LogEvent, LogForm
from newsline.service.ending import end_soon

USAGE: Any = typer.BadParameter.__base__
"""Errors of the command line. Typer has no public name for them."""


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
        cause: Exception
        try:
            return super().invoke(ctx)
        except OperatorError as error:
            line, cause = str(error), error
        except ModuleNotFoundError as error:  # imported by the command itself
            name = ctx.invoked_subcommand
            needed = name and extra_needed(name, COMMANDS[name].extra, error)
            if not needed:
                raise
            line, cause = str(needed), error
        except BrokenPipeError:
            raise  # the reader of the output has closed it; Typer exits silently
        except OSError as error:  # a full disk, a directory that may not be written
            where = error.filename or "a file"
            line = f"{where}: {error.strerror}: use a writable path on a disk with free space"
            cause = error
        except USAGE as error:
            if log_output.form() == LogForm.TEXT:
                raise  # printed with the command's usage
            fail(error.format_message(), LogEvent.USAGE)
            return ctx.exit(error.exit_code)
        fail(line, cause=cause if ctx.params["debug"] else None)
        return ctx.exit(1)


def _take_over(log: LogForm) -> LogForm:
    """Before anything else is parsed: an error of the command line is a line, too."""
    log_output.start(log, times=False, debug=False)
    return log


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"newsline {version('newsline')}")
        raise typer.Exit


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
    log: Annotated[
        LogForm,
        typer.Option(
            "--log",
            envvar="NEWSLINE_LOG",
            metavar="FORM",
            is_eager=True,
            callback=_take_over,
            help="Form of all lines on stderr; json: one object per line.",
        ),
    ] = LogForm.TEXT,
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
    command = COMMANDS.get(context.invoked_subcommand or "")
    log_output.start(log, times=bool(command and command.runs_on), debug=debug)
    if config:
        context.default_map = options.load(config, context)


def main() -> None:
    """Run the command line of this process, and end it although a thread hangs."""
    log_output.own_process()
    try:
        app(prog_name="newsline")
    except SystemExit as ended:
        end_soon(ended.code if isinstance(ended.code, int) else int(ended.code is not None))
        raise
