"""Options of ``newsline dead-letter`` that select dead letters."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from newsline.durations import parse_moment
from newsline.errors import OperatorError
from newsline.outcomes import Reason, Stage
from newsline.topics.dead_letters.marks import LetterPlace
from newsline.topics.dead_letters.reading import UNKNOWN
from newsline.topics.dead_letters.survey import Selection

PLACE = re.compile(r"(\d{1,9}):(\d{1,18})", re.ASCII)


def _reasons(given: list[str]) -> list[str]:
    return _known("--reason", given, [*Reason, UNKNOWN[1]])


def _stages(given: list[str]) -> list[str]:
    return _known("--stage", given, [*Stage, UNKNOWN[0]])


def _known(option: str, given: list[str], known: Sequence[str]) -> list[str]:
    """Raises OperatorError for a value that is not known."""
    for value in given:
        if value not in known:
            raise OperatorError(f"{option} {value!r} is none of {', '.join(known)}")
    return given


Places = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PARTITION:OFFSET]...",
        show_default="all",
        help="Places on news.dead-letter, as the list shows them.",
    ),
]
Stages = Annotated[
    list[str],
    typer.Option(
        "--stage",
        callback=_stages,
        envvar="NEWSLINE_DEAD_LETTER_STAGE",
        metavar="STAGE",
        show_default="all",
        help="Only those that failed in this stage; repeatable.",
    ),
]
Reasons = Annotated[
    list[str],
    typer.Option(
        "--reason",
        envvar="NEWSLINE_DEAD_LETTER_REASON",
        callback=_reasons,
        metavar="REASON",
        show_default="all",
        help="Only those that failed for this reason; unknown: that this version cannot decode;"
        " repeatable.",
    ),
]
Feeds = Annotated[
    list[str],
    typer.Option(
        "--feed",
        envvar="NEWSLINE_DEAD_LETTER_FEED",
        metavar="URL",
        show_default="all",
        help="Only articles that this feed lists; repeatable.",
    ),
]
Since = Annotated[
    str,
    typer.Option(
        envvar="NEWSLINE_DEAD_LETTER_SINCE",
        metavar="TIME",
        show_default="the oldest",
        help="Only those that failed at this time or later: 2026-03-01T12:00 in UTC, or 2h ago as"
        " 2h.",
    ),
]
Until = Annotated[
    str,
    typer.Option(
        envvar="NEWSLINE_DEAD_LETTER_UNTIL",
        metavar="TIME",
        show_default="now",
        help="Only those that failed at this time or earlier.",
    ),
]


def selection(
    places: list[str] | None,
    stages: list[str],
    reasons: list[str],
    feeds: list[str],
    since: str,
    until: str,
) -> Selection:
    """The selection that the options describe. Raises OperatorError for a wrong one."""
    return Selection(
        frozenset(map(place, places or ())),
        frozenset(stages),
        frozenset(reasons),
        frozenset(feeds),
        _seconds("--since", since, -math.inf),
        _seconds("--until", until, math.inf),
    )


def place(text: str) -> LetterPlace:
    if match := PLACE.fullmatch(text):
        return LetterPlace(int(match[1]), int(match[2]))
    raise OperatorError(f"{text!r} is not PARTITION:OFFSET, such as 0:17")


def _seconds(option: str, text: str, default: float) -> float:
    """A time in seconds since 1970."""
    if not text:
        return default
    if moment := parse_moment(text, datetime.now(UTC)):
        return moment.timestamp()
    raise OperatorError(f"{option} {text!r} is neither a time, such as 2026-03-01T12:00, nor 2h")
