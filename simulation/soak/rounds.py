"""One fault after another while stories flow; after each, all that was listed gets an outcome."""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from typing import NamedTuple

from kafka.partitioner.default import murmur2

from newsline.broker import Broker, BrokerError, Message, connect
from newsline.errors import OperatorError
from newsline.records import RAW_TOPIC, article_id
from newsline.topics.create import PARTITIONS
from simulation.soak import memory
from simulation.soak.account import Ledger
from simulation.soak.deployment import Deployment
from simulation.soak.faults import Fault, all_faults
from tests.support.topic_reader import SETTLE_SECONDS

PACE = 1.5
"""Stories per second in a busy round."""

QUIET = PARTITIONS - 1
"""The partition that has records at the beginning and at the end only."""

QUIET_SHARE = 0.3
"""Rounds in which nothing flows during the fault."""

LOOK_SECONDS = 0.3


class Round(NamedTuple):
    """``held``: seconds of the fault; ``recovered``: seconds until all that was listed had an
    outcome. ``stuck``: the state of all processes if it did not come in time."""

    fault: str
    kind: str
    held: float
    recovered: float
    stuck: str = ""


class Limits(NamedTuple):
    """Seconds that a fault holds, at most, and in which all is to recover."""

    hold: float = 8.0
    recovery: float = 300.0


class Soak:
    """Plays rounds on a deployment that runs."""

    def __init__(self, deployment: Deployment, chance: random.Random, limits: Limits) -> None:
        self._deployment = deployment
        self._newsroom = deployment.newsroom
        self._chance = chance
        self._limits = limits
        self._faults = all_faults(deployment, chance)
        self._broker: Broker | None = None
        self.ledger = Ledger()
        self.rounds: list[Round] = []
        self.samples: list[memory.Sample] = []

    def begin(self) -> None:
        """Return when a story of each partition has come through, also of those that then stay
        quiet."""
        self._newsroom.quiet = frozenset([QUIET])
        self._newsroom.partition = self._partition
        self._newsroom.add(quiet=True)
        self._newsroom.plan(8, 1.0)
        if not self._settles():
            raise AssertionError(f"no story came through\n{self._deployment.state()}")

    def play(self, kinds: Sequence[str], until: float) -> Iterator[Round]:
        """A round for each of the kinds, while ``time.monotonic()`` is before ``until``."""
        for kind in kinds:
            if time.monotonic() > until:
                return
            yield self._play(self._chance.choice(self._faults[kind]))

    def possible(self, kinds: Sequence[str]) -> Sequence[str]:
        """The kinds that this deployment can have on this machine."""
        return [kind for kind in kinds if kind in self._faults]

    def kinds(self, count: int) -> Sequence[str]:
        """``count`` kinds in a random order, each as often as the others."""
        kinds = sorted(self._faults)
        drawn = [kinds[n % len(kinds)] for n in range(count)]
        self._chance.shuffle(drawn)
        return drawn

    def end(self) -> None:
        """The quiet partitions get their second story; read until nothing more comes."""
        self._newsroom.add(quiet=True)
        self._newsroom.plan(4, 1.0)
        self._settles()  # what is missing is in the account
        self.samples += memory.sample(self._deployment.pids())
        quiet_since = time.monotonic()
        while time.monotonic() < quiet_since + 3 * SETTLE_SECONDS:
            time.sleep(LOOK_SECONDS)
            if self._read():
                quiet_since = time.monotonic()

    def _play(self, fault: Fault) -> Round:
        self.samples += memory.sample(self._deployment.pids())
        held = self._chance.uniform(0.2, self._limits.hold)
        if busy := self._chance.random() > QUIET_SHARE:
            self._poison()
            self._newsroom.correct(self._chance.uniform(0.0, held + 1.0))
            self._newsroom.plan(round(PACE * (held + 1.0)), held + 1.0)
            time.sleep(self._chance.uniform(0.0, 1.0))
        name = f"{fault}{'' if busy else ', quiet'}"
        print(f"{name}, {held:.1f} s", end="", flush=True)
        with fault.injected():
            time.sleep(held)
        healed = time.monotonic()
        self._newsroom.plan(2, 0.0)
        settled = self._settles()
        took = time.monotonic() - healed
        stuck = "" if settled else self._stuck()
        played = Round(name, fault.kind, held, took, stuck)
        self.rounds.append(played)
        return played

    def _poison(self) -> None:
        """Add a record that cannot be decoded; what is on news.raw then is the truth."""
        value = b"not a record %d" % len(self.rounds)
        with suppress(BrokerError), connect(self._deployment.address) as broker:
            key = next(
                key
                for number in range(len(self.rounds), 10_000)
                if _partition_of(self._deployment.address, key := b"poison %d" % number) != QUIET
            )
            with closing(broker.producer("soak-poison")) as producer:
                producer.commit([Message(RAW_TOPIC, key, value)])

    def _settles(self) -> bool:
        """Wait until all that was listed has an outcome; False if it has not in time."""
        deadline = time.monotonic() + self._limits.recovery
        while time.monotonic() < deadline:
            with suppress(OperatorError):  # a server that cannot start yet
                self._deployment.supervise()
            listed = self._newsroom.listed()
            self._read()
            if self._newsroom.is_out() and self.ledger.is_complete(listed):
                return True
            time.sleep(LOOK_SECONDS)
        return False

    def _read(self) -> bool:
        try:
            self._broker = self._broker or connect(self._deployment.address)
            return self.ledger.read(self._broker)
        except BrokerError:
            if self._broker:
                self._broker.close()
            self._broker = None
            return False

    def _stuck(self) -> str:
        """What is missing and the state of all processes; then all are started anew."""
        missing = list(self.ledger.wrong(self._newsroom.listed()))
        report = "\n".join([*missing[:10], self._deployment.state()])
        with self._faults["power cut"][0].injected():
            pass
        healed = self._settles()
        return f"{report}\nafter a new start of all: {'recovered' if healed else 'still stuck'}"

    def _partition(self, url: str) -> int:
        return _partition_of(self._deployment.address, article_id(url).encode())


def _partition_of(address: str, key: bytes) -> int:
    """As the broker there has it, also while it is away."""
    if address.startswith("embedded:"):
        return zlib.crc32(key) % PARTITIONS
    return int(murmur2(key) & 0x7FFFFFFF) % PARTITIONS
