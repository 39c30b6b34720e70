"""kill -9 of ``newsline dead-letter replay`` at random moments: each original comes once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter

from deploy.local.kafka import KafkaServer
from newsline.broker import Broker, Message, connect
from newsline.records import DEAD_LETTER_TOPIC, RAW_TOPIC, encode
from newsline.topics import contents
from newsline.topics.dead_letters import OpenDeadLetters
from newsline.topics.dead_letters.marks import MARKS_TOPIC
from tests.support.command import newsline, until
from tests.support.example_dead_letters import dead_letter
from tests.support.topic_reader import values

KILLS = int(os.environ.get("REPLAY_KILLS", "3"))
LETTERS = 40 * KILLS


def test_a_replay_that_is_killed_and_repeated_replays_each_dead_letter_once(tmp_path):
    kill_at_random(f"embedded:{tmp_path / 'broker.db'}")


def test_on_kafka_too(mortal_kafka: KafkaServer):
    kill_at_random(mortal_kafka.address)


def kill_at_random(address: str) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with connect(address) as broker:
        contents.ensure(broker)
        letters = [dead_letter(number) for number in range(LETTERS)]
        broker.producer("job").commit(
            [Message(DEAD_LETTER_TOPIC, each.key, encode(each)) for each in letters]
        )
        counted = OpenDeadLetters(broker)
        until(lambda: sum(counted.read().values()) == LETTERS)
        for _ in range(KILLS):
            kill(broker, address, chance)
        left = sum(counted.read().values())
        print(f"{left} of {LETTERS} left after {KILLS} kills")
        done = newsline("dead-letter", "replay", "--broker", address)
        assert done.returncode == 0, done.stderr
        again = newsline("dead-letter", "replay", "--broker", address)
        assert f"0 open, {LETTERS} replayed, 0 dropped; to replay: 0" in again.stdout
        originals = Counter(values(broker, RAW_TOPIC))
        assert originals == {each.original: 1 for each in letters}
        assert len(values(broker, MARKS_TOPIC)) == LETTERS
        assert counted.read() == {}


def kill(broker: Broker, address: str, chance: random.Random) -> None:
    """Start a replay, and kill it some milliseconds after its first transaction."""
    before = marked(broker)
    script = [sys.executable, "-m", "tests.support.replay_one_by_one"]
    with subprocess.Popen([*script, "dead-letter", "replay", "--broker", address]) as process:
        until(lambda: marked(broker) > before or process.poll() is not None, every=0.001)
        time.sleep(chance.uniform(0, 0.05))
        process.kill()


def marked(broker: Broker) -> int:
    """The end of the topic of marks."""
    if broker.describe(MARKS_TOPIC) is None:
        return 0
    return sum(broker.end_offsets(MARKS_TOPIC))
