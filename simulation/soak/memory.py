"""Memory of each process over time, and how fast it grows."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import linear_regression
from typing import NamedTuple

from benchmarks.processes import proportional

WARM_UP = 120.0
"""Seconds in which a process loads its code and models, and which say nothing about growth."""


class Sample(NamedTuple):
    """``megabytes``: a process with its children, what is shared divided among those that share it
    (PSS). ``pid``: the parent's."""

    at: float
    name: str
    pid: int
    megabytes: float


class Growth(NamedTuple):
    """Of the process of this name that lived longest."""

    name: str
    lives: int
    minutes: float
    first: float
    last: float
    per_hour: float


def sample(pids: Mapping[str, Sequence[int]]) -> list[Sample]:
    now = time.monotonic()
    return [
        Sample(now, name, each[0], sum(map(proportional, each)) / 1024)
        for name, each in pids.items()
    ]


def growths(samples: Sequence[Sample]) -> list[Growth]:
    lives: defaultdict[str, defaultdict[int, list[Sample]]] = defaultdict(lambda: defaultdict(list))
    for each in samples:
        lives[each.name][each.pid].append(each)
    return [_growth(name, list(of.values())) for name, of in lives.items()]


def _growth(name: str, lives: Sequence[Sequence[Sample]]) -> Growth:
    longest = max(lives, key=lambda life: life[-1].at - life[0].at)
    warm = [each for each in longest if each.at >= longest[0].at + WARM_UP] or longest[-1:]
    hours = [each.at / 3600 for each in warm]
    sizes = [each.megabytes for each in warm]
    slope = linear_regression(hours, sizes).slope if len(set(hours)) > 1 else 0.0
    minutes = (longest[-1].at - longest[0].at) / 60
    return Growth(name, len(lives), minutes, sizes[0], sizes[-1], slope)
