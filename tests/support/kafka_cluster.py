"""A Kafka cluster of three brokers on 127.0.0.1."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Self

from deploy.local.kafka import KafkaServer
from deploy.local.process import Process, free_ports
from newsline.broker import BrokerUnreachable, connect
from tests.support.command import until

# The lower limit of transactions is the one that a producer has to find out.
PROPERTIES = """\
node.id={node}
controller.quorum.voters={voters}
listeners=PLAINTEXT://127.0.0.1:{{port}},CONTROLLER://127.0.0.1:{controller}
offsets.topic.replication.factor=3
transaction.state.log.replication.factor=3
transaction.state.log.min.isr=2
transaction.max.timeout.ms=30000
log.cleaner.backoff.ms=100
"""


class KafkaCluster:
    """Each of its ``servers`` is a controller too; ``address`` names all three."""

    def __init__(self, directory: Path) -> None:
        controllers = dict(enumerate(free_ports(3), start=1))
        voters = ",".join(f"{node}@127.0.0.1:{port}" for node, port in controllers.items())
        self.servers = []
        for node, port in controllers.items():
            properties = PROPERTIES.format(node=node, voters=voters, controller=port)
            (directory / f"{node}").mkdir()
            self.servers.append(KafkaServer(directory / f"{node}", properties))
        names = [server.address.removeprefix("kafka://") for server in self.servers]
        self.address = f"kafka://{','.join(names)}"
        self._running = ExitStack()

    def __enter__(self) -> Self:
        for server in self.servers:
            Process.start(server)  # none answers before two are there
            self._running.callback(server.kill)  # in order, the last would wait for a quorum
        until(self.is_complete, what="the cluster")
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._running.close()

    def is_complete(self) -> bool:
        """True if all servers are registered."""
        try:
            with connect(self.address) as broker:
                return broker.servers() == len(self.servers)
        except BrokerUnreachable:
            return False
