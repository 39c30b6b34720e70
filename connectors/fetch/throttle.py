"""The delay between requests to one host, from its answers so far. Pure.

The gap between two starts follows the host's answer time, as in Scrapy's AutoThrottle: with a gap
as long as an answer takes, one request is in flight at a time. Failures come quickly, so they never
shorten the gap.
"""

from __future__ import annotations

from typing import NamedTuple

from connectors.fetch.response import LONGEST_RETRY_AFTER

LONGEST_CRAWL_DELAY = 60.0
WEIGHT = 0.5
"""Of the last answer in the moving average: three quick answers outweigh a slow one."""


class Politeness(NamedTuple):
    """Limits for requests to one host. Times are in seconds.

    ``concurrency``: requests in flight. ``gap`` and ``max_gap``: between two starts.
    ``first_pause``: after a refusal without Retry-After, doubled at each further one; 0 turns
    pauses off. ``max_wait``: the longest that a request queues before it is deferred.
    """

    concurrency: int = 2
    gap: float = 0.25
    max_gap: float = 30.0
    first_pause: float = 30.0
    max_wait: float = 60.0


OWN_HOSTS = Politeness(concurrency=16, gap=0.0, max_gap=0.0, first_pause=0.0, max_wait=600.0)
"""For allowed hosts: they are the operator's own."""


class Throttle(NamedTuple):
    """What one host's answers so far imply. Times are on one monotonic clock.

    ``answer_time`` is a moving average in seconds. ``refusals`` counts those in a row, and
    ``paused_until`` is when the last pause ends.
    """

    last_start: float = float("-inf")
    answer_time: float = 0.0
    refusals: int = 0
    paused_until: float = float("-inf")


def gap(throttle: Throttle, politeness: Politeness, crawl_delay: float = 0.0) -> float:
    """Seconds between the starts of two requests."""
    adaptive = min(max(politeness.gap, throttle.answer_time), politeness.max_gap)
    return max(adaptive, min(crawl_delay, LONGEST_CRAWL_DELAY))


def wait(throttle: Throttle, politeness: Politeness, now: float, crawl_delay: float = 0.0) -> float:
    """Seconds until the next request may start; 0 if it may start now."""
    next_start = throttle.last_start + gap(throttle, politeness, crawl_delay)
    return max(0.0, max(throttle.paused_until, next_start) - now)


def started(throttle: Throttle, now: float) -> Throttle:
    """The throttle after a request has started."""
    return throttle._replace(last_start=now)


def answered(throttle: Throttle, seconds: float, *, ok: bool) -> Throttle:
    """The throttle after an answer that took ``seconds``; ``ok``: the request succeeded."""
    average = (1 - WEIGHT) * throttle.answer_time + WEIGHT * seconds
    if ok:
        return throttle._replace(answer_time=average, refusals=0)
    return throttle._replace(answer_time=max(throttle.answer_time, average))


def refused(
    throttle: Throttle, politeness: Politeness, now: float, retry_after: float | None
) -> Throttle:
    """The throttle after a 429 or 503, with its Retry-After in seconds.

    Requests in flight together are refused together and count as one refusal.
    """
    if not politeness.first_pause:
        return throttle
    refusals = throttle.refusals + (throttle.paused_until <= now)
    pause = retry_after or politeness.first_pause * 2.0 ** min(refusals - 1, 20)
    until = max(throttle.paused_until, now + min(pause, LONGEST_RETRY_AFTER))
    return throttle._replace(refusals=refusals, paused_until=until)
