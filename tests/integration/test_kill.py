"""kill -9 of connector and job at random moments: a committed reader sees each article once."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from newsline.broker import Broker, connect
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC, decode_enriched, decode_raw
from newsline.topics import contents
from tests.support.command import Command, until
from tests.support.news_site import Answer, Site, page, rss
from tests.support.topic_reader import values

ARTICLES = 500
PLACES = ("Oslo", "Nairobi", "Lima", "Hanoi", "Quito", "Warsaw", "Dakar", "Perth")


KILLS = 3
"""Of each process: while it works, while it starts, and while it works again."""

pytestmark = pytest.mark.slow


class Wire:
    """A feed to which articles are added at a steady pace until there are :data:`ARTICLES`."""

    def __init__(self, seconds: float) -> None:
        self._started = time.monotonic()
        self._pace = ARTICLES / seconds

    def answer(self, path: str) -> Answer | None:
        if path == "/feed":
            out = min(ARTICLES, int((time.monotonic() - self._started) * self._pace))
            items = [(f"/story/{n}", f"Report number {n}", "") for n in range(out)]
            return 200, "application/rss+xml", rss(items)
        if path.startswith("/story/"):
            return 200, "text/html", story(int(path.removeprefix("/story/")))
        return None


def story(number: int) -> bytes:
    place = PLACES[number % len(PLACES)]
    return page(
        f"Report number {number}",
        [
            f"Officials in {place} said on Monday that report {number} had been completed on time.",
            "The mayor thanked everybody who took part in the work over the long winter months.",
            "A second inquiry is expected to begin in the spring, according to the city council.",
        ],
    )


def test_kill_9_of_connector_and_job_loses_and_doubles_nothing(tmp_path):
    """The JSON Lines are compared too; the soak has other faults, on Kafka too."""
    kill_at_random(tmp_path, f"embedded:{tmp_path / 'broker.db'}", kills=KILLS)


def kill_at_random(tmp_path: Path, address: str, kills: int) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    wire = Wire(seconds=kills * 5.0)
    with connect(address) as broker:
        contents.ensure(broker)
    with Site(wire.answer) as site:
        feeds = tmp_path / "feeds.toml"
        feeds.write_text(f'[[feed]]\nurl = "{site.url}/feed"\ninterval = 1\n')
        poll = Command(
            tmp_path / "poll.log",
            *("poll", str(feeds), "--broker", address, "--allow", site.host),
            *("--state", str(tmp_path / "state.db"), "--status", "127.0.0.1:0"),
        )
        enrich = Command(
            tmp_path / "enrich.log",
            *("enrich", "--broker", address, "--children", "1"),
            *("--jsonl", str(tmp_path / "out"), "--status", "127.0.0.1:0"),
        )
        with poll, enrich:
            killers = [
                threading.Thread(
                    target=kill_again_and_again, args=(command, address, topic, kills, seed)
                )
                for command, topic in ((poll, RAW_TOPIC), (enrich, ENRICHED_TOPIC))
            ]
            for killer in killers:
                killer.start()
            for killer in killers:
                killer.join()
            with connect(address) as broker:
                until(lambda: count(broker, ENRICHED_TOPIC) >= ARTICLES, "the last article")
            assert poll.terminate() == 0, poll.output()
            assert enrich.terminate() == 0, enrich.output()
    account(tmp_path, address)


def kill_again_and_again(command: Command, address: str, topic: str, kills: int, seed: int) -> None:
    chance = random.Random(f"{seed} {topic}")
    with connect(address) as broker:
        for kill in range(kills):
            if kill % 2:  # while it starts
                time.sleep(chance.uniform(0.0, 5.0))
            else:  # while it works
                until(partial(has_more, broker, topic, sum(broker.end_offsets(topic))), "a record")
                time.sleep(chance.uniform(0.0, 1.0))
            command.kill()
            command.start()


def has_more(broker: Broker, topic: str, before: int) -> bool:
    """Whether something has been written since, or nothing more is to come."""
    return sum(broker.end_offsets(topic)) > min(before, ARTICLES - 1)


def account(tmp_path: Path, address: str) -> None:
    """Each article stands once on each topic and in the files; says what is lost and doubled."""
    with connect(address) as broker:
        seen = {
            "news.raw": Counter(decode_raw(v).url for v in values(broker, RAW_TOPIC)),
            "news.enriched": Counter(
                decode_enriched(v).url for v in values(broker, ENRICHED_TOPIC)
            ),
        }
    lines = [
        line for f in (tmp_path / "out").glob("*.jsonl") for line in f.read_bytes().splitlines()
    ]
    seen["JSON Lines"] = Counter(decode_enriched(line).url for line in lines)
    for name, urls in seen.items():
        lost, doubled = ARTICLES - len(urls), sum(urls.values()) - len(urls)
        print(f"{name}: {len(urls)} articles, {lost} lost, {doubled} doubled")
    for name, urls in seen.items():
        assert (len(urls), sum(urls.values())) == (ARTICLES, ARTICLES), name


def count(broker: Broker, topic: str) -> int:
    """Records on the topic; an upper bound on Kafka, whose markers take offsets too."""
    if sum(broker.end_offsets(topic)) < ARTICLES:
        return 0
    time.sleep(1.0)
    return len(values(broker, topic))
