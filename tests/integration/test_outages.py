"""A real Kafka that is away for a minute while connectors publish: they wait, say so, and go on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from deploy.local.kafka import KafkaServer
from newsline.broker import connect
from newsline.topics import contents
from tests.integration.test_kill_connectors import WAIT, Size, Wires, account, found, pollers
from tests.support.command import Command, until
from tests.support.news_site import Site
from tests.support.record_flow import persist

MINUTE = 60.0
SIZE = Size(kills=0, articles=120, seconds=30.0)
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


def publish_through(outage, directory: Path, states: Sequence[str], kafka: KafkaServer) -> None:
    """Articles come before the outage, in it, and after; each is on news.raw once."""
    wires = Wires(SIZE)
    with Site(wires.answer) as site, ExitStack() as stack:
        with connect(kafka.address) as broker:
            contents.ensure(broker)
        started: list[Command] = [
            stack.enter_context(each) for each in pollers(directory, states, site, kafka.address)
        ]
        until(lambda: count(kafka) >= SIZE.articles // 8, "the first articles")
        outage()
        assert any(AWAY in each.output() for each in started)
        for each in started:
            until(
                lambda each=each: each.output().count(AWAY) == each.output().count(BACK),
                seconds=WAIT,
            )
        wires.go_on()
        until(lambda: count(kafka) == SIZE.articles, "the last article", seconds=2 * WAIT)
        for each in started:
            assert each.terminate() == 0, each.output()
            assert "Traceback" not in each.output()
        with connect(kafka.address) as broker:
            account(broker, SIZE.articles)


def count(kafka: KafkaServer) -> int:
    """Articles on news.raw by now."""

    def look() -> int:
        with connect(kafka.address) as broker:
            return len(found(broker, 0.2))

    return persist(look)
