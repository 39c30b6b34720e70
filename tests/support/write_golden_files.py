"""Write what a version of newsline leaves behind, for the tests of upgrades from it.

``python -m tests.support.write_golden_files DIRECTORY [STATE]``, run with that version's code:
three articles are published, of which two are enriched, and a foreign record is a dead letter. The
broker and, without ``STATE``, the state are SQLite files in the directory. The files of
tests/upgrade/ are made of them by ``sqlite3 FILE .dump`` and ``pg_dump --inserts``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing

from connectors.feedlist.feed_list import Feed
from connectors.publish.publisher import Publisher
from connectors.state import AfterPoll, FeedValidators, SeenEntry, State
from newsline.broker import Message, connect
from newsline.records import RAW_TOPIC
from newsline.topics import contents
from tests.connectors.publish.test_publisher import HERE, candidate

BROKER = "embedded:broker.db"
"""Relative, as the state knows the broker by its address."""


def write(state_address: str) -> None:
    with connect(BROKER) as broker, closing(State(state_address)) as state:
        contents.ensure(broker)
        state.enlist([Feed(HERE)])
        publisher = Publisher(broker, BROKER, state)
        publisher.publish([candidate(1), candidate(2)])
        broker.producer("foreign").commit([Message(RAW_TOPIC, b"k", b"no article")])
        enrich()
        publisher.publish([candidate(3)])
        (feed,) = state.claim_due(1_700_000_000.0, 1)
        polled = feed._replace(
            validators=FeedValidators('"v1"'), next_poll=1_700_000_900.0, last_outcome="ok"
        )
        seen = [SeenEntry("1", "0" * 32, 1, True, "published", handled=1_700_000_000.0)]
        state.save_polls([AfterPoll(polled, seen)])


def enrich() -> None:
    options = ["--broker", BROKER, "--until-caught-up", "--status", "127.0.0.1:0"]
    without = ["--without=entities", "--without=topic_tags", "--children", "1"]
    subprocess.run([sys.executable, "-m", "newsline", "enrich", *options, *without], check=True)


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    write(sys.argv[2] if len(sys.argv) > 2 else "state.db")
