"""How fast one host is asked: from what it answers to when the next request may start. Pure.

The gap between two starts follows the host's answer time, as Scrapy's AutoThrottle has it: with a
gap as long as an answer takes, one request is underway at a time. Failures come quickly, so they
never shorten it.
"""

from __future__ import annotations

from typing import NamedTuple

from connectors.fetch.response import LONGEST_RETRY_AFTER

LONGEST_CRAWL_DELAY = 60.0
WEIGHT = 0.5
"""Of the last answer in the moving average: three quick answers end the slowness of one."""


class Manners(NamedTuple):
    """How hosts are treated. Times are in seconds.

    ``at_once``: requests underway to one host; ``gap`` and ``longest_gap``: between their starts;
    ``first_pause``: after a refusal that does not say how long, doubled with each further one, 0
    for no pauses; ``patience``: how long a request waits for its turn before it gives up.
    """

    at_once: int = 2
    gap: float = 0.25
    longest_gap: float = 30.0
    first_pause: float = 30.0
    patience: float = 60.0


OWN = Manners(at_once=16, gap=0.0, longest_gap=0.0, first_pause=0.0, patience=600.0)
"""For an allowed host: it is the operator's own, and needs no politeness."""


class Pace(NamedTuple):
    """What one host's answers have come to. Moments are on one clock that never goes back.

    ``answer_time`` is the moving average in seconds; ``refusals`` counts those in a row, and
    ``paused_until`` is what they have come to.
    """

    last_start: float = float("-inf")
    answer_time: float = 0.0
    refusals: int = 0
    paused_until: float = float("-inf")


def gap(pace: Pace, manners: Manners, crawl_delay: float = 0.0) -> float:
    """Seconds between the starts of two requests."""
    follows = min(max(manners.gap, pace.answer_time), manners.longest_gap)
    return max(follows, min(crawl_delay, LONGEST_CRAWL_DELAY))


def wait(pace: Pace, manners: Manners, now: float, crawl_delay: float = 0.0) -> float:
    """Seconds until the next request may start; 0 where it may now."""
    start = max(pace.paused_until, pace.last_start + gap(pace, manners, crawl_delay))
    return max(0.0, start - now)


def started(pace: Pace, now: float) -> Pace:
    """The pace once a request has started."""
    return pace._replace(last_start=now)


def answered(pace: Pace, seconds: float, *, well: bool) -> Pace:
    """The pace after an answer that took so long; ``well``: it was the one that was asked for."""
    average = (1 - WEIGHT) * pace.answer_time + WEIGHT * seconds
    if well:
        return pace._replace(answer_time=average, refusals=0)
    return pace._replace(answer_time=max(pace.answer_time, average))


def refused(pace: Pace, manners: Manners, now: float, retry_after: float | None) -> Pace:
    """The pace after a 429 or 503, with what its Retry-After says in seconds.

    Requests that were underway together are refused together: that is one refusal.
    """
    if not manners.first_pause:
        return pace
    refusals = pace.refusals + (pace.paused_until <= now)
    pause = retry_after or manners.first_pause * 2.0 ** min(refusals - 1, 20)
    until = max(pace.paused_until, now + min(pause, LONGEST_RETRY_AFTER))
    return pace._replace(refusals=refusals, paused_until=until)
