"""When to poll a feed next, and why then. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from newsline.durations import format_duration

SHORTEST = 120.0
LONGEST = 24 * 3600.0
FIRST_BACK_OFF = 300.0

RETIRED = 7 * 24 * 3600.0
"""Seconds between looks at a feed that is gone: some come back to life."""

SAFETY_NET = 3600.0
"""Seconds between polls, at the least, of a feed whose hub pushes what is new."""


class Wish(NamedTuple):
    """For how many seconds the publisher says that the feed stays as it is, and where."""

    seconds: float
    source: str


class Next(NamedTuple):
    """Seconds until the next poll, and the reason in a few words for the operator."""

    wait: float
    why: str


def after_success(
    interval: float,
    words: str,
    wishes: Sequence[Wish],
    fixed: float | None = None,
    renewal: float | None = None,
) -> Next:
    """By the feed's own pace, but never sooner than the publisher wishes.

    ``interval`` is the seconds from one entry to the next, ``words`` what it was learned from.
    ``fixed`` is the operator's own interval: it takes the place of the pace and of the wishes.
    ``renewal``: a hub sends what is new, so that polling is a safety net, and the time to renew its
    promise, which goes with a poll, is in so many seconds.
    """
    if fixed is not None:
        return Next(
            min(fixed, LONGEST), f"the feed list says {format_duration(min(fixed, LONGEST))}"
        )
    own = min(max(interval, SHORTEST), LONGEST)
    if renewal is not None:
        own = max(own, min(max(own, SAFETY_NET), renewal))
        words = f"the hub pushes what is new; looked at every {format_duration(own)}"
    wish = max(wishes, default=Wish(0.0, ""))
    if wish.seconds > own:
        asked = min(wish.seconds, LONGEST)
        return Next(asked, f"the feed asks for {format_duration(asked)} ({wish.source})")
    return Next(own, words)


def after_failure(outcome: str, failures: int, retry_after: float, fixed: float | None) -> Next:
    """Twice as long with each of the ``failures`` in a row, up to a day; longer where the host
    asks for it, up to a day too. ``fixed`` takes the place of :data:`FIRST_BACK_OFF`."""
    base = FIRST_BACK_OFF if fixed is None else fixed
    wait = min(base * 2.0 ** min(failures - 1, 20), LONGEST)
    if retry_after > wait:
        asked = min(retry_after, LONGEST)
        return Next(asked, f"{outcome}: the host asks to wait {format_duration(asked)}")
    return Next(wait, f"{_ordinal(failures)} failure in a row: {outcome}")


def when_retired() -> Next:
    """A feed that is gone (410) is left alone, but for a look from time to time."""
    return Next(RETIRED, f"gone (410): retired, looked at again every {format_duration(RETIRED)}")


def spread(interval: float, chance: float) -> float:
    """The interval with up to a tenth added, so that feeds which were due together drift apart.

    None is taken off: the publisher may have asked for all of it. ``chance`` is uniform in 0 to 1.
    """
    return interval * (1.0 + 0.1 * chance)


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"
