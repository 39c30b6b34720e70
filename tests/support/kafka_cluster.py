"""A Kafka cluster of three brokers on 127.0.0.1."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Self

from deploy.local.kafka import KafkaServer
from newsline.broker import connect
from tests.support.command import until

COPIES = """\
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
log.cleaner.backoff.ms=100
"""
FOLLOWER = """\
process.roles=broker
node.id={node}
controller.quorum.voters={controller}
listeners=PLAINTEXT://127.0.0.1:{{port}}
"""


class KafkaCluster:
    """The first of its ``servers`` is the controller too; ``address`` names all three."""

    def __init__(self, directory: Path) -> None:
        for number in (1, 2, 3):
            (directory / f"{number}").mkdir()
        first = KafkaServer(directory / "1", COPIES)
        self.servers = [first] + [
            KafkaServer(
                directory / f"{node}",
                COPIES + FOLLOWER.format(node=node, controller=first.controller),
            )
            for node in (2, 3)
        ]
        names = [server.address.removeprefix("kafka://") for server in self.servers]
        self.address = f"kafka://{','.join(names)}"
        self._running = ExitStack()

    def __enter__(self) -> Self:
        for server in self.servers:
            self._running.enter_context(server)
        with connect(self.address) as broker:
            until(lambda: broker.servers() == len(self.servers), what="the cluster")
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._running.close()
