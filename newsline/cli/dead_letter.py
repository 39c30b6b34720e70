"""``newsline dead-letter``: list, show, replay and drop dead letters."""

from __future__ import annotations

import getpass
import os
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Annotated

import typer

from newsline.broker import Fenced
from newsline.cli import dead_letter_lines, dead_letter_options, last_run, options, terminal
from newsline.errors import OperatorError
from newsline.outcomes import LetterState
from newsline.printable import printable
from newsline.topics.dead_letters import marks, survey
from newsline.topics.dead_letters.settling import Settled, Settler
from newsline.topics.dead_letters.survey import Selection, SurveyedLetter

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _dead_letter() -> None:
    """List, show, replay and drop dead letters."""


DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        envvar="NEWSLINE_DEAD_LETTER_DRY_RUN",
        help="Print what would be done, and do nothing.  [off]",
    ),
]


@app.command("list")
def list_(
    places: dead_letter_options.Places = None,
    stage: dead_letter_options.Stages = [],  # noqa: B006 - Typer makes a list of its own
    reason: dead_letter_options.Reasons = [],  # noqa: B006
    feed: dead_letter_options.Feeds = [],  # noqa: B006
    since: dead_letter_options.Since = "",
    until: dead_letter_options.Until = "",
    count: Annotated[
        int,
        typer.Option(
            "-n",
            "--count",
            envvar="NEWSLINE_DEAD_LETTER_COUNT",
            min=0,
            metavar="NUMBER",
            help="Number of newest dead letters to show; the counts are of all. JSON has all.",
        ),
    ] = 20,
    as_json: options.AsJson = False,
    broker: options.ReadBroker = "",
) -> None:
    """List dead letters, with those that were replayed or dropped, and count them."""
    wanted = dead_letter_options.selection(places, stage, reason, feed, since, until)
    with options.connect_to_existing(last_run.broker(broker)) as connection:
        letters = survey.survey(connection, wanted, marks.read_all(connection))
        if as_json:
            shown = 0
            for letter in letters:
                terminal.say_json([survey.report(letter)])
                shown += 1
            _refuse_nothing(wanted, shown)
            return
        overview = dead_letter_lines.Overview(letters, count)
    _refuse_nothing(wanted, overview.total.total())
    terminal.say("\n".join(overview.lines()))


@app.command()
def show(
    place: Annotated[
        str,
        typer.Argument(
            metavar="PARTITION:OFFSET", help="Place on news.dead-letter, as the list shows it."
        ),
    ],
    raw: Annotated[
        bool,
        typer.Option(
            "--raw",
            envvar="NEWSLINE_DEAD_LETTER_RAW",
            help="Write the original's bytes as they are, to a file or pipe.  [off]",
        ),
    ] = False,
    as_json: options.AsJson = False,
    broker: options.ReadBroker = "",
) -> None:
    """Show all of one dead letter, with its original as text."""
    wanted = Selection(frozenset({dead_letter_options.place(place)}))
    with options.connect_to_existing(last_run.broker(broker)) as connection:
        found = list(survey.survey(connection, wanted, marks.read_all(connection)))
    if not found:
        raise OperatorError(f"no dead letter at {place}")
    (letter,) = found
    if raw:
        _write_original(letter)
    elif as_json:
        terminal.say_json([survey.report(letter)])
    else:
        terminal.say("\n".join(dead_letter_lines.everything(letter)))


@app.command()
def replay(
    places: dead_letter_options.Places = None,
    stage: dead_letter_options.Stages = [],  # noqa: B006
    reason: dead_letter_options.Reasons = [],  # noqa: B006
    feed: dead_letter_options.Feeds = [],  # noqa: B006
    since: dead_letter_options.Since = "",
    until: dead_letter_options.Until = "",
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            envvar="NEWSLINE_DEAD_LETTER_AGAIN",
            help="Also those that were replayed or dropped before.  [off]",
        ),
    ] = False,
    dry_run: DryRun = False,
    broker: options.ReadBroker = "",
) -> None:
    """Publish originals to news.raw again, each once, however often this is repeated or killed.

    Exit code 1 if one cannot be published; the others are.
    """
    wanted = dead_letter_options.selection(places, stage, reason, feed, since, until)
    _settle(last_run.broker(broker), wanted, LetterState.REPLAYED, dry_run, again)


@app.command()
def drop(
    places: dead_letter_options.Places = None,
    stage: dead_letter_options.Stages = [],  # noqa: B006
    reason: dead_letter_options.Reasons = [],  # noqa: B006
    feed: dead_letter_options.Feeds = [],  # noqa: B006
    since: dead_letter_options.Since = "",
    until: dead_letter_options.Until = "",
    dry_run: DryRun = False,
    broker: options.ReadBroker = "",
) -> None:
    """Mark dead letters that need no replay: they no longer count as open.

    They stay on their topic, and can be replayed with --again.
    """
    wanted = dead_letter_options.selection(places, stage, reason, feed, since, until)
    _settle(last_run.broker(broker), wanted, LetterState.DROPPED, dry_run)


def _settle(
    address: str, wanted: Selection, state: LetterState, dry_run: bool, again: bool = False
) -> None:
    """Settle the selected dead letters, and tell what was done."""
    with options.connect_to_existing(address) as connection:
        states: Counter[str] = Counter()
        found, places = set(), []
        for letter in survey.survey(connection, wanted, marks.read_all(connection)):
            states[letter.state] += 1
            found.add(letter.found.place)
            if again or letter.state == LetterState.OPEN:
                places.append(letter.found.place)
        _refuse_nothing(wanted, states.total())
        if missing := wanted.places - found:
            places_text = ", ".join(map(str, sorted(missing)))
            raise OperatorError(f"no dead letter matches at {places_text}")
        verb = {LetterState.REPLAYED: "replay", LetterState.DROPPED: "drop"}[state]
        plan = f"would {verb}" if dry_run else f"to {verb}"
        terminal.say(f"{dead_letter_lines.total(states)}; {plan}: {len(places):,}")
        if dry_run or not places:
            return
        with closing(Settler(connection, _user())) as settler:
            replays = state == LetterState.REPLAYED
            done = settler.replay(places, again=again) if replays else settler.drop(places)
            _tell(done, state)


def _tell(done: Iterator[Settled], state: LetterState) -> None:
    """Print what was settled, and what could not be. Raises OperatorError if anything could not,
    or if the end was not reached."""
    settled = failed = 0
    try:
        for place, problem in done:
            settled, failed = settled + (not problem), failed + bool(problem)
            if problem:
                terminal.say(printable(f"{place}: {problem}"), err=True)
    except Fenced as error:
        raise OperatorError(
            f"another replay or drop has taken over; {settled:,} {state} by this one"
        ) from error
    except OperatorError as error:
        raise OperatorError(
            f"{error}; {settled:,} {state}, repeat the command for the others"
        ) from error
    terminal.say(f"{settled:,} {state}")
    if failed:
        raise OperatorError(f"{failed:,} could not be {state}: see the lines above")


def _refuse_nothing(wanted: Selection, found: int) -> None:
    """Raises OperatorError if a selection was given and matches nothing."""
    if not found and wanted != Selection():
        raise OperatorError("no dead letter matches: newsline dead-letter list shows all")


def _write_original(letter: SurveyedLetter) -> None:
    if sys.stdout.isatty():
        raise OperatorError("--raw writes bytes as they are: send them to a file or a pipe")
    sys.stdout.buffer.write(letter.found.original)
    sys.stdout.buffer.flush()


def _user() -> str:
    """User and host, for the mark."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"
