"""A Kafka broker (KRaft) on 127.0.0.1."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from deploy.local import downloads
from deploy.local.classes import Archives, archives
from deploy.local.pidfile import PidFile
from deploy.local.process import FAST_START, Process, free_ports, wait_until
from newsline.broker import BrokerUnreachable, connect
from newsline.errors import OperatorError

START_SECONDS = 120.0
CLUSTER_ID = "newsline-local-cluster"

# Settings for a fast start. With the two session settings, a broker is back 4 s after SIGKILL, not
# 12. One partition in each internal topic saves 100 log directories.
PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
default.replication.factor=1
min.insync.replicas=1
offsets.retention.minutes=525600
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.index.size.max.bytes=1048576
"""


class KafkaServer(Process):
    """A broker in ``directory``. ``address`` is the argument for :func:`newsline.broker.connect`.

    ``properties`` are added to :data:`PROPERTIES`, have the same fields in braces, and override
    them. ``controller`` is the quorum for other brokers of its cluster.
    """

    def __init__(
        self,
        directory: Path,
        properties: str = "",
        jvm: Sequence[str] = FAST_START,
        port: int | None = None,
        pid_file: PidFile | None = None,
        classes: Archives | None = None,
    ) -> None:
        classes = classes or _archives()
        free, controller_port = free_ports(2)
        port = port or free
        self.address = f"kafka://127.0.0.1:{port}"
        self.controller = f"1@127.0.0.1:{controller_port}"
        file = directory / "server.properties"
        file.write_text(
            (PROPERTIES + properties).format(
                port=port, controller_port=controller_port, data=directory.absolute() / "data"
            )
        )
        java = ["java", "-Xmx512m", *jvm, "-cp", f"{downloads.kafka()}/*"]
        broker = [*java, "kafka.Kafka", str(file)]
        super().__init__(_with(classes, broker), directory / "kafka.log", pid_file)
        storage = [*java, "kafka.tools.StorageTool", "format", "--ignore-formatted"]
        if not classes.making:
            storage = _with(classes, storage)
        with self.log.open("ab") as log:
            command = [*storage, "-t", CLUSTER_ID, "-c", str(file)]
            if subprocess.run(command, stdout=log, stderr=log, check=False).returncode:
                raise OperatorError(f"Kafka did not format its directory: see {self.log}")

    def start(self) -> None:
        """Start the broker. Returns when it answers."""
        super().start()
        wait_until(lambda: _answers(self.address), [self], START_SECONDS)

    def restart(self) -> None:
        """Kill the broker and start it again, with the same data and port."""
        self.kill()
        self.start()


def _answers(address: str) -> bool:
    try:
        connect(address).close()
    except BrokerUnreachable:
        return False
    return True


def _with(classes: Archives, java: Sequence[str]) -> list[str]:
    return [java[0], *classes.flags("kafka"), *java[1:]]


@cache
def _archives() -> Archives:
    return archives("kafka", downloads.kafka(), ["kafka"], _run)


def _run(classes: Archives) -> None:
    with tempfile.TemporaryDirectory() as directory, KafkaServer(Path(directory), classes=classes):
        pass
