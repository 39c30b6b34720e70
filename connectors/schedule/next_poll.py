"""The time of a feed's next poll, and the reason. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from newsline.durations import format_duration

SHORTEST = 120.0
LONGEST = 24 * 3600.0
FIRST_BACK_OFF = 300.0

RETIRED = 7 * 24 * 3600.0
"""Seconds between polls of a feed that is gone (410): some come back."""

SAFETY_NET = 3600.0
"""Seconds between polls of a feed whose hub pushes its new entries."""


class RequestedInterval(NamedTuple):
    """An interval that the publisher asks for; ``source``: where, for the operator."""

    seconds: float
    source: str


class NextPoll(NamedTuple):
    """Seconds until the next poll, and the reason in a few words for the operator."""

    wait: float
    why: str


def after_success(
    interval: float,
    reason: str,
    requested: Sequence[RequestedInterval],
    fixed: float | None = None,
    renewal: float | None = None,
) -> NextPoll:
    """By the feed's cadence, but not earlier than the publisher asks for.

    ``interval``: seconds from one entry to the next; ``reason``: how it was learned. ``fixed``: the
    operator's interval, instead of cadence and requests. ``renewal``: seconds until the lease of a
    hub that pushes is to be renewed, which happens with a poll; other polls are a safety net.
    """
    if fixed is not None:
        return NextPoll(
            min(fixed, LONGEST), f"the feed list says {format_duration(min(fixed, LONGEST))}"
        )
    own = min(max(interval, SHORTEST), LONGEST)
    if renewal is not None:
        own = max(own, min(max(own, SAFETY_NET), renewal))
        reason = f"the hub pushes new entries; polled every {format_duration(own)}"
    longest = max(requested, default=RequestedInterval(0.0, ""))
    if longest.seconds > own:
        asked = min(longest.seconds, LONGEST)
        return NextPoll(asked, f"the feed asks for {format_duration(asked)} ({longest.source})")
    return NextPoll(own, reason)


def after_failure(outcome: str, failures: int, retry_after: float, fixed: float | None) -> NextPoll:
    """Doubled with each of the ``failures`` in a row, or as long as the host asks for; up to a day.
    ``fixed`` replaces :data:`FIRST_BACK_OFF`."""
    base = FIRST_BACK_OFF if fixed is None else fixed
    wait = min(base * 2.0 ** min(failures - 1, 20), LONGEST)
    if retry_after > wait:
        asked = min(retry_after, LONGEST)
        return NextPoll(asked, f"{outcome}: the host asks to wait {format_duration(asked)}")
    return NextPoll(wait, f"{_ordinal(failures)} failure in a row: {outcome}")


def when_retired() -> NextPoll:
    """For a feed that is gone (410)."""
    return NextPoll(RETIRED, f"gone (410): retired, polled every {format_duration(RETIRED)}")


def spread(interval: float, chance: float) -> float:
    """Add up to a tenth, so that feeds due together drift apart. ``chance``: uniform in 0 to 1.

    Nothing is subtracted: the publisher may have asked for the whole interval.
    """
    return interval * (1.0 + 0.1 * chance)


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"
