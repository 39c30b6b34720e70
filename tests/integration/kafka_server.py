"""A real Kafka broker on 127.0.0.1 for tests, without docker: jars from Maven, and Java."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Self

import pytest

from pipeline.broker import BrokerUnreachable, connect

CHECKOUT = Path(__file__).parents[2]
POM = CHECKOUT / "deploy" / "kafka" / "pom.xml"
CACHE = CHECKOUT / ".cache" / "kafka"
START_SECONDS = 60.0
CLUSTER_ID = "newsline-test-cluster0"

# Asks the kernel for SIGKILL when the test process dies, however it dies, and becomes Java. To the
# kernel the thread that starts a child is its parent: start brokers from the main thread. A
# preexec_fn would do as well, but is not safe beside other threads.
BECOME = (
    "import ctypes, os, sys; PR_SET_PDEATHSIG = 1; ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, 9);"
    " os.execvp(sys.argv[1], sys.argv[1:])"
)
DIE_WITH_PARENT = [sys.executable, "-c", BECOME] if sys.platform == "linux" else []

# A broker that starts fast and is quick to believe that its predecessor is dead: after SIGKILL it
# is back in 4 s instead of 12 with the two session settings. One partition in each internal topic
# saves 100 log directories.
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


class KafkaServer:
    """One broker in ``directory``; ``address`` is what :func:`pipeline.broker.connect` takes."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self._classpath = f"{jars()}/*"
        port, controller_port = _free_ports(2)
        self.address = f"kafka://127.0.0.1:{port}"
        self._properties = directory / "server.properties"
        self._properties.write_text(
            PROPERTIES.format(port=port, controller_port=controller_port, data=directory / "data")
        )
        if self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c").wait():
            raise RuntimeError(f"Kafka did not format its directory:\n{self._log.read_text()}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def start(self) -> None:
        """Returns when the broker answers."""
        self._process = self._java("kafka.Kafka")
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self.address):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Kafka did not start:\n{self._log.read_text()[-4000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """As an operator would stop it: SIGTERM."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut would stop it, but for the page cache: SIGKILL."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Connections stay open and nothing answers any more: SIGSTOP. :meth:`kill` ends it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def restart(self) -> None:
        """SIGKILL, then the same data on the same port again."""
        self.kill()
        self.start()

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    @property
    def _log(self) -> Path:
        return self._directory / "kafka.log"

    def _java(self, *arguments: str) -> subprocess.Popen[bytes]:
        # The first-tier compiler and the serial collector start fastest on few cores.
        flags = ("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [
                    *DIE_WITH_PARENT,
                    "java",
                    *flags,
                    "-cp",
                    self._classpath,
                    *arguments,
                    str(self._properties),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )


def jars() -> Path:
    """The directory with Kafka's jars, fetched on the first call; it is named after the pom's hash.

    Where Java or Maven is missing the test is skipped, or fails where ``CI=true``.
    """
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            _give_up(
                f"{program} is missing: install a JDK 17 and Maven,"
                " such as apt-get install openjdk-17-jre-headless maven"
            )
    complete = CACHE / hashlib.sha256(POM.read_bytes()).hexdigest()[:16]
    if not complete.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
            fetched = Path(scratch) / "lib"
            command = ["mvn", "-q", "-B", "-f", POM, "dependency:copy-dependencies"]
            subprocess.run([*command, f"-DoutputDirectory={fetched}"], check=True)
            if not complete.exists():
                fetched.rename(complete)
    return complete


def _give_up(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _answers(address: str) -> bool:
    try:
        connect(address).close()
    except BrokerUnreachable:
        return False
    return True
