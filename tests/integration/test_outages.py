"""A real Kafka that is away while connectors publish: they wait, say so, and go on."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.local.kafka import KafkaServer
from newsline.broker import connect
from newsline.topics import contents
from simulation.soak.account import Ledger
from simulation.soak.deployment import FEEDS, Deployment
from simulation.soak.newsroom import Newsroom
from tests.support.command import until
from tests.support.record_flow import persist

RECOVERY = 60.0
"""Seconds in which a connector reports that the broker is away, or back."""

AWAY, BACK = "the broker is unreachable, retrying", "the broker is reachable again"

# kafka-python 3.0.12 leaves the sockets of refused connections to the collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_a_silent_kafka_is_waited_for(tmp_path, mortal_kafka):
    outage = (mortal_kafka.pause, mortal_kafka.resume)
    publish_through(*outage, tmp_path, [str(tmp_path / "state.db")], mortal_kafka)


def test_a_kafka_that_is_killed_and_started_is_waited_for_by_two_connectors(
    tmp_path, mortal_kafka, postgres
):
    outage = (mortal_kafka.kill, mortal_kafka.start)
    publish_through(*outage, tmp_path, [postgres.new_database()] * 2, mortal_kafka)


def publish_through(
    begin: Callable[[], None],
    end: Callable[[], None],
    directory: Path,
    states: Sequence[str],
    kafka: KafkaServer,
) -> None:
    """Stories come before the outage, in it, and after; each is on news.raw once."""
    newsroom = Newsroom(random.Random(5), FEEDS)
    deployment = Deployment(directory, newsroom, kafka.address)
    with newsroom.site, ExitStack() as stack:
        with connect(kafka.address) as broker:
            contents.ensure(broker)
        for number, state in enumerate(states):
            deployment.add_poller(f"poll-{number}", kafka.address, state)
        started = [stack.enter_context(each) for each in deployment.commands.values()]
        newsroom.plan(15, 1.0)
        until(lambda: is_published(newsroom, kafka), "the first stories", every=0.5)
        newsroom.plan(15, 5.0)
        begin()
        until(lambda: any(AWAY in each.output() for each in started), AWAY, seconds=RECOVERY)
        until(newsroom.is_out, "the stories of the outage")
        end()
        for each in started:
            until(
                lambda each=each: each.output().count(AWAY) == each.output().count(BACK),
                seconds=RECOVERY,
            )
        newsroom.plan(10, 1.0)
        until(lambda: is_published(newsroom, kafka), "the last story", every=0.5)
        for each in started:
            assert each.terminate() == 0, each.output()
            assert "Traceback" not in each.output()
        assert published(kafka) == Counter(newsroom.listed())


def is_published(newsroom: Newsroom, kafka: KafkaServer) -> bool:
    """Whether all stories are listed and on news.raw."""
    return newsroom.is_out() and newsroom.listed() <= persist(lambda: published(kafka)).keys()


def published(kafka: KafkaServer) -> Counter[tuple[str, str]]:
    """URL and title of each record of news.raw."""
    ledger = Ledger()
    with connect(kafka.address) as broker:
        ledger.read(broker)
    return ledger.published
