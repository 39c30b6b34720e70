"""What somebody on call would see, second by second: the verdict, and the alerts that fire."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from newsline.records import ENRICHED_TOPIC
from simulation.gameday.deployment import WELL, Deployment
from simulation.gameday.prometheus import Prometheus

LOOK_SECONDS = 0.5
NO_ANSWER = "no answer"


FLOWS_SECONDS = 10.0
"""Age of the newest enriched article up to which articles flow; there is one a second."""


class Sight(NamedTuple):
    """``condition``: :data:`NO_ANSWER` if the monitor does not answer. ``flows``: whether articles
    come through."""

    at: float
    condition: str
    stage: str | None
    sentence: str
    firing: frozenset[str]
    pending: frozenset[str]
    flows: bool

    @property
    def is_well(self) -> bool:
        return self.condition in WELL and self.flows and not self.firing and not self.pending


class Watch:
    """``sights``: each change since the last :meth:`begin`, at seconds since then."""

    def __init__(self, deployment: Deployment, prometheus: Prometheus) -> None:
        self._deployment = deployment
        self._prometheus = prometheus
        self.begin()

    def begin(self) -> None:
        self._began = time.monotonic()
        self.sights: list[Sight] = []

    def elapsed(self) -> float:
        return time.monotonic() - self._began

    def until(self, reached: Callable[[Sight], bool], seconds: float) -> bool:
        """Look until ``reached`` holds for what is seen; False if it does not in time."""
        end = time.monotonic() + seconds
        while True:
            if reached(self.look()):
                return True
            if time.monotonic() > end:
                return False
            time.sleep(LOOK_SECONDS)

    def look(self) -> Sight:
        self._deployment.supervise()
        status = self._deployment.status()
        verdict = status["verdict"] if status else {"condition": NO_ANSWER, "sentence": ""}
        alerts = self._prometheus.alerts()
        sight = Sight(
            round(self.elapsed(), 1),
            verdict["condition"],
            verdict.get("stage"),
            verdict["sentence"],
            frozenset(alert.name for alert in alerts if alert.state == "firing"),
            frozenset(alert.name for alert in alerts if alert.state == "pending"),
            status is not None and _flows(status["snapshot"]),
        )
        if not self.sights or _without_age(self.sights[-1]) != _without_age(sight):
            self.sights.append(sight)
        return sight


def _without_age(sight: Sight) -> Sight:
    """In the same words whatever the time: sentences have ages in them."""
    return sight._replace(at=0.0, sentence=re.sub(r"\d+", "", sight.sentence))


def _flows(snapshot: Mapping[str, Any]) -> bool:
    topics = (snapshot["broker"] or {}).get("topics", {})
    newest = topics.get(ENRICHED_TOPIC, {}).get("newest_at")
    return newest is not None and snapshot["at"] - newest < FLOWS_SECONDS


def fired(sights: Iterable[Sight]) -> dict[str, float]:
    """The alerts that have fired, and when they were first seen."""
    first: dict[str, float] = {}
    for sight in sights:
        for name in sight.firing:
            first.setdefault(name, sight.at)
    return first
