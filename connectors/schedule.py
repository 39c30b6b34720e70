"""When to poll a feed next. Pure: what a poll brought in, the seconds to wait out."""

from __future__ import annotations

from typing import NamedTuple

SHORTEST = 120.0
LONGEST = 24 * 3600.0
FIRST = 900.0
FIRST_BACK_OFF = 300.0


class Poll(NamedTuple):
    """What a poll brought: how many entries were new, and the publisher's wishes, in seconds.

    ``fresh_for`` is how long the feed says it stays as it is (ttl, Cache-Control); ``retry_after``
    is the server's answer to a poll that it turned away.
    """

    succeeded: bool
    new_entries: int = 0
    fresh_for: float = 0.0
    retry_after: float = 0.0


def next_interval(poll: Poll, previous: float | None, failures: int, fixed: float | None) -> float:
    """Seconds until the next poll, between :data:`SHORTEST` and :data:`LONGEST`.

    Something new halves the interval, nothing new lengthens it by half, a failure doubles the wait
    from :data:`FIRST_BACK_OFF` on; ``failures`` counts those in a row. It is never shorter than the
    publisher wishes. ``fixed`` is the operator's own interval: it takes the place of the feed's
    pace and of ``fresh_for``, and only failures lengthen it.
    """
    if not poll.succeeded:
        base = fixed if fixed is not None else FIRST_BACK_OFF
        wait = base * 2.0 ** min(failures - 1, 20)
    elif fixed is not None:
        wait = fixed
    else:
        pace = (previous or FIRST) * (0.5 if poll.new_entries else 1.5)
        wait = max(pace, SHORTEST, poll.fresh_for)
    return min(max(wait, poll.retry_after), LONGEST)


def spread(interval: float, chance: float) -> float:
    """The interval with up to a tenth taken off or added: feeds that were due together drift apart.

    ``chance`` is uniform in 0 to 1.
    """
    return interval * (0.9 + 0.2 * chance)
