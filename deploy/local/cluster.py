"""The whole of newsline on real servers: started, the sample newsroom polled into it, ended."""

from __future__ import annotations

import asyncio
import fcntl
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from deploy.local import downloads
from deploy.local.flink import FlinkCluster
from deploy.local.kafka import KafkaServer
from deploy.local.pidfile import Ledger
from deploy.local.process import Process, free_port, wait_until
from deploy.local.sample import poll_sample
from newsline.broker import connect
from newsline.cli import article_table
from newsline.errors import OperatorError

NEWSLINE = (sys.executable, "-m", "newsline")
JVM = ("-XX:+UseSerialGC",)
WORKER_SECONDS = 120.0
KEPT = "savepoints"
ENVIRONMENT = "environment"


class Addresses(NamedTuple):
    """Where each part is reached: the ports that these have by default, where they are free."""

    broker: str
    flink: str
    status: str

    def told(self, directory: Path) -> str:
        return f"""
  Kafka     {self.broker}
  Flink     http://{self.flink}/ has the job, its checkpoints, what has failed
  newsline  http://{self.status}/ shows what flows
  logs      {directory}/*/*.log

. {directory / ENVIRONMENT}               # newsline on the PATH, and set for this cluster
newsline tail enriched --follow         # read along
newsline poll feeds.toml                # poll your own feeds into it
newsline enrich status                  # how the job goes
make cluster-stop                       # ends it all; the topics stay in {directory}/kafka
"""

    def environment(self, jar: Path) -> str:
        """For a shell."""
        variables = {
            "NEWSLINE_BROKER": self.broker,
            "NEWSLINE_RUNNER": "FlinkRunner",
            "NEWSLINE_FLINK_MASTER": self.flink,
            "NEWSLINE_JOB_SERVER_JAR": str(jar),
        }
        lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
        return "\n".join([*lines, f"PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH\n"])


def start(directory: Path) -> None:
    """Start it all and poll the sample into it; where it runs already, say only where."""
    with _ledger(directory) as ledger:
        if ledger.addresses and (running := ledger.running()):
            if gone := [entry for entry in ledger.entries if entry not in running]:
                raise OperatorError(
                    f"{gone[0].name} has ended, see {gone[0].log}: make cluster-stop, then again"
                )
            print("it runs already")
        else:
            ledger.end()  # what is left of a start that was cut off
            try:
                _start(directory, ledger)
            except BaseException:
                ledger.end()
                raise
        print(Addresses(**ledger.addresses).told(directory))


def stop(directory: Path) -> None:
    """End what was started, and nothing else."""
    with _ledger(directory) as ledger:
        ended = [entry.name for entry in ledger.running()]
        ledger.end()
        print(f"ended: {', '.join(reversed(ended))}" if ended else "nothing runs")


@contextmanager
def _ledger(directory: Path) -> Iterator[Ledger]:
    """The ledger, for one command at a time."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OperatorError("another make cluster or cluster-stop is at work") from None
        yield Ledger(directory / "cluster.json")


def _start(directory: Path, ledger: Ledger) -> None:
    downloads.require_java()
    jar = downloads.job_server()
    print("starting Kafka, ZooKeeper and Flink", flush=True)
    kafka, flink = _servers(directory, ledger)
    print("starting newsline worker, submitting the job", flush=True)
    status = _job(directory, ledger, kafka, flink, jar)
    print("polling the sample newsroom", flush=True)
    with connect(kafka.address) as connection:
        sample = directory / "sample" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
        asyncio.run(poll_sample(_room(sample), connection, kafka.address))
        article_table.show(connection)
    addresses = Addresses(kafka.address, flink.master, status)
    (directory / ENVIRONMENT).write_text(addresses.environment(jar))
    ledger.complete(addresses._asdict())


def _servers(directory: Path, ledger: Ledger) -> tuple[KafkaServer, FlinkCluster]:
    kafka = KafkaServer(_room(directory / "kafka"), jvm=JVM, port=free_port(9092), ledger=ledger)
    kafka.start()
    # Two slots each, so that either task manager can take over the other's half of the job.
    flink = FlinkCluster(
        _fresh(directory / "flink"), slots=2, jvm=JVM, port=free_port(8081), ledger=ledger
    )
    flink.start()
    return kafka, flink


def _job(
    directory: Path, ledger: Ledger, kafka: KafkaServer, flink: FlinkCluster, jar: Path
) -> str:
    """Start the job and what runs its Python half; gives the status address of that."""
    broker = ("--broker", kafka.address)
    _newsline("topics", "create", *broker)
    pool, status = (f"127.0.0.1:{free_port(port)}" for port in (50000, 9403))
    command = [*NEWSLINE, "worker", *broker, "--worker-address", pool, "--status", status]
    worker = Process(command, _room(directory / "newsline") / "worker.log", ledger)
    worker.start()
    wait_until(partial(_ready, status), [worker], WORKER_SECONDS)
    where = ("--runner", "FlinkRunner", "--flink-master", flink.master)
    how = ("--job-server-jar", str(jar), "--parallelism", "2", "--worker-address", pool)
    _newsline("enrich", *broker, *where, *how)
    return status


def _newsline(*arguments: str) -> None:
    """Run the command to its end, which says itself what is wrong."""
    if code := subprocess.run([*NEWSLINE, *arguments], check=False).returncode:
        sys.exit(code)


def _ready(status: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://{status}/readyz", timeout=10):
        return True
    return False


def _room(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def _fresh(directory: Path) -> Path:
    """Without what a Flink that is gone has left: the job goes on from the broker's offsets."""
    for each in _room(directory).iterdir():
        if each.is_dir() and each.name != KEPT:
            shutil.rmtree(each)
        elif each.is_file():
            each.unlink()
    return directory
