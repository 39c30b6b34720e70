"""The newsline command."""

from __future__ import annotations

import sys
import traceback

import click
import typer

from pipeline.cli import enrich, feeds, poll, run, tail, topics
from pipeline.cli.settings import load_settings
from pipeline.errors import OperatorError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Feeds in, enriched articles out, exactly once.",
)
app.command("run")(run.run)
app.command("poll")(poll.poll)
app.command("enrich")(enrich.enrich)
app.command("tail")(tail.tail)
app.command("topics")(topics.show)
app.add_typer(feeds.app, name="feeds")


@app.callback()
def settings(
    context: typer.Context,
    config: str = typer.Option(
        "", envvar="NEWSLINE_CONFIG", help="TOML file of settings, a table per command.  [none]"
    ),
    debug: bool = typer.Option(
        False, "--debug", envvar="NEWSLINE_DEBUG", help="Show a traceback with an error.  [off]"
    ),
) -> None:
    """Each option can be set in the file, the environment or as a flag; the last is strongest."""
    context.obj = debug
    if config:
        context.default_map = load_settings(config, context)


def main() -> None:
    """Run the command; an operator's mistake or misfortune is one line and exit code 1."""
    debug = "--debug" in sys.argv
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except OperatorError as error:
        if debug:
            traceback.print_exc()
        _end(f"newsline: {error}", 1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _end("newsline: interrupted", 130)


def _end(line: str, code: int) -> None:
    print(line, file=sys.stderr)
    sys.exit(code)
