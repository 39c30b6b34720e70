"""Whether our own network is down, when it is up again, and how feeds are polled afterwards. Pure.

A request without an answer is the host's fault, unless hosts that have answered before give none
either. Hosts are counted by their registrable domain: one hosting service with a thousand feeds
is one host.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

NEARLY_NONE = 0.1
"""Share of the hosts asked that may answer all the same: some are in our own network."""

LEAST_HOSTS = 3
"""Hosts without an answer, all of which answered their last poll. Two may share a server."""

LEAST_UNKNOWN_HOSTS = 8
"""The same, if no feed has ever been read: new feed lists have many dead hosts."""

RESUME_SECONDS = 300.0
"""Longest time over which feeds are spread after an outage."""

FEEDS_PER_SECOND = 1.0
"""Fewer feeds are spread over less: one each second."""


class Others(NamedTuple):
    """Other hosts, asked after a request got no answer. ``known``: they answered their last
    poll."""

    answered: int = 0
    silent: int = 0
    known: bool = True


def is_ours(others: Others, *, local: bool) -> bool:
    """Whether a request without an answer, and the others asked, show an outage of our own network.

    ``local``: the request failed on this machine: no route, or no name server answers. This is
    believed of a single host too, unless others answer.
    """
    if others.answered > NEARLY_NONE * (others.answered + others.silent + 1):
        return False
    least = LEAST_HOSTS if others.known else LEAST_UNKNOWN_HOSTS
    return local or others.silent + 1 >= least


def is_over(probed: int, answered: int, *, answered_before: bool) -> bool:
    """Whether an outage is over: half of the hosts probed answer, or any in two rounds in a row."""
    return bool(answered) and (2 * answered >= probed or answered_before)


def resume_span(feeds: int) -> float:
    """Seconds over which so many feeds are spread."""
    return min(RESUME_SECONDS, feeds / FEEDS_PER_SECOND)


def resume_times(sites: Sequence[str], now: float, chance: Callable[[], float]) -> Sequence[float]:
    """A time for each feed, whose sites are given, from ``now`` on: those of one site at equal
    distances, the sites at random. ``chance``: uniform in 0 to 1."""
    span = resume_span(len(sites))
    of_site: defaultdict[str, list[int]] = defaultdict(list)
    for number, site in enumerate(sites):
        of_site[site].append(number)
    times = [now] * len(sites)
    for numbers in of_site.values():
        first = chance()
        for turn, number in enumerate(numbers):
            times[number] = now + span * (turn + first) / len(numbers)
    return times
