"""kill -9 of ``newsline dead-letter replay`` at random moments: each original comes once."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter

from deploy.local.kafka import KafkaServer
from newsline.broker import Broker, Message, connect
from newsline.records import DEAD_LETTER_TOPIC, RAW_TOPIC, encode
from newsline.topics import contents
from newsline.topics.dead_letters.marks import MARKS_TOPIC
from newsline.topics.dead_letters.open_count import OpenDeadLetters
from tests.support.command import newsline, until
from tests.support.example_dead_letters import dead_letter
from tests.support.topic_reader import values

LETTERS_PER_KILL = 40

START_SECONDS = 1.0
"""Of a replay until its first transaction, about."""


def test_a_replay_that_is_killed_and_repeated_replays_each_dead_letter_once(tmp_path):
    kill_at_random(f"embedded:{tmp_path / 'broker.db'}", kills=3)


def test_on_kafka_too(mortal_kafka: KafkaServer):
    kill_at_random(mortal_kafka.address, kills=2)


def kill_at_random(address: str, kills: int) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with connect(address) as broker:
        contents.ensure(broker)
        letters = [dead_letter(number) for number in range(kills * LETTERS_PER_KILL)]
        broker.producer("job").commit(
            [Message(DEAD_LETTER_TOPIC, each.key, encode(each)) for each in letters]
        )
        counted = OpenDeadLetters(broker)
        until(lambda: sum(counted.read().values()) == len(letters))
        for number in range(kills):
            kill(broker, address, chance, starts=number % 2 == 1)
        left = sum(counted.read().values())
        print(f"{left} of {len(letters)} left after {kills} kills")
        done = newsline("dead-letter", "replay", "--broker", address)
        assert done.returncode == 0, done.stderr
        again = newsline("dead-letter", "replay", "--broker", address)
        assert f"0 open, {len(letters):,} replayed, 0 dropped; to replay: 0" in again.stdout
        originals = Counter(values(broker, RAW_TOPIC))
        assert originals == {each.original: 1 for each in letters}
        assert len(values(broker, MARKS_TOPIC)) == len(letters)
        assert counted.read() == {}


def kill(broker: Broker, address: str, chance: random.Random, starts: bool) -> None:
    """Start a replay, and kill it while it ``starts``, or soon after its first transaction."""
    before = marked(broker)
    script = [sys.executable, "-m", "tests.support.replay_one_by_one"]
    with subprocess.Popen([*script, "dead-letter", "replay", "--broker", address]) as process:
        if starts:
            time.sleep(chance.uniform(0, START_SECONDS))
        else:
            until(lambda: marked(broker) > before or process.poll() is not None, every=0.001)
            time.sleep(chance.uniform(0, 0.05))
        process.kill()


def marked(broker: Broker) -> int:
    """The end of the topic of marks."""
    if broker.describe(MARKS_TOPIC) is None:
        return 0
    return sum(broker.end_offsets(MARKS_TOPIC))
