"""A connector that dies after the broker's acknowledgement and before its state is updated.

``python -m tests.support.die_before_state BROKER STATE`` publishes the articles on standard input,
one JSON line each, after the id of the article that has moved to its URL, if one has.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from connectors.article.candidate import Candidate
from connectors.publish.publisher import Publisher
from connectors.state import PublishLock, State, publish_lock
from newsline.broker import connect
from newsline.records import decode_raw


class DyingLock(PublishLock):
    def acknowledge(self, batch: Any, *_: Any) -> None:
        if list(batch):
            os._exit(9)


if __name__ == "__main__":
    address, path = sys.argv[1:]
    lines = [line.partition(b"{") for line in sys.stdin.buffer]
    found = [(decode_raw(brace + rest), moved.decode() or None) for moved, brace, rest in lines]
    with connect(address) as broker:
        publisher = Publisher(broker, address, State(path))
        publish_lock.PublishLock = DyingLock  # type: ignore[misc]
        publisher.publish(
            [Candidate(article, article.url, moved_from=moved) for article, moved in found]
        )
