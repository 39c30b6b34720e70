"""A real Kafka that is away for a minute while connectors publish: they wait, say so, and go on."""

from __future__ import annotations

import random
import time
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

MINUTE = 60.0
RECOVERY = 60.0
"""Seconds in which a connector reports that the broker is back."""

AWAY, BACK = "the broker is unreachable, retrying", "the broker is reachable again"

# kafka-python 3.0.12 leaves the sockets of refused connections to the collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def test_a_kafka_that_is_silent_for_a_minute_is_waited_for(tmp_path, mortal_kafka):
    def silence() -> None:
        mortal_kafka.pause()
        time.sleep(MINUTE)
        mortal_kafka.resume()

    publish_through(silence, tmp_path, [str(tmp_path / "state.db")], mortal_kafka)


def test_a_kafka_that_is_killed_and_back_after_a_minute_is_waited_for_by_two_connectors(
    tmp_path, mortal_kafka, postgres
):
    def absence() -> None:
        mortal_kafka.kill()
        time.sleep(MINUTE)
        mortal_kafka.start()

    publish_through(absence, tmp_path, [postgres.new_database()] * 2, mortal_kafka)


def publish_through(
    outage: Callable[[], None], directory: Path, states: Sequence[str], kafka: KafkaServer
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
        newsroom.plan(45, MINUTE)
        outage()
        assert any(AWAY in each.output() for each in started)
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
