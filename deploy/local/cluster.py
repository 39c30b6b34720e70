"""Start and stop newsline on real servers, and poll the sample newsroom into it."""

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

from deploy.local import downloads, keeper
from deploy.local.flink import FlinkCluster
from deploy.local.kafka import KafkaServer
from deploy.local.pidfile import PidFile
from deploy.local.poll_sample import poll_sample
from deploy.local.process import Process, free_port, wait_until
from newsline.broker import connect
from newsline.cli import article_table
from newsline.errors import OperatorError

NEWSLINE = (sys.executable, "-m", "newsline")
JVM = ("-XX:+UseSerialGC",)
WORKER_SECONDS = 120.0
KEPT = "savepoints"
ENVIRONMENT = "environment"
PROCESSES = "cluster.json"


class Addresses(NamedTuple):
    """Addresses of the servers, with their default ports if these are free."""

    broker: str
    flink: str
    status: str
    worker: str

    def text(self, directory: Path) -> str:
        return f"""
  Kafka     {self.broker}
  Flink     http://{self.flink}/ shows the job, its checkpoints and failures
  newsline  http://{self.status}/ shows what flows
  logs      {directory}/*/*.log; {directory}/keeper.log: what was started again

. {directory / ENVIRONMENT}               # newsline on the PATH, with settings for this cluster
newsline tail enriched --follow         # show new records
newsline poll feeds.toml                # poll your own feeds
newsline enrich status                  # state of the job
make cluster-stop                       # end it; the topics are kept in {directory}/kafka
"""

    def environment(self, jar: Path) -> str:
        """Variables to be sourced by a shell."""
        variables = {
            "NEWSLINE_BROKER": self.broker,
            "NEWSLINE_RUNNER": "FlinkRunner",
            "NEWSLINE_FLINK_MASTER": self.flink,
            "NEWSLINE_JOB_SERVER_JAR": str(jar),
            "NEWSLINE_WORKER_ADDRESS": self.worker,
        }
        lines = [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
        return "\n".join([*lines, f"PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH\n"])


def start(directory: Path) -> None:
    """Start everything and poll the sample; if it runs already, print its addresses."""
    with _pid_file(directory) as pid_file:
        if pid_file.addresses and (running := pid_file.running()):
            if keeper.NAME not in {entry.name for entry in running}:
                raise OperatorError("the keeper has ended: make cluster-stop, start again")
            for entry in pid_file.entries:
                if entry not in running:
                    print(f"{entry.name} has ended and is started again: see {entry.log}")
            print("it runs already")
        else:
            pid_file.end()  # of an interrupted start
            try:
                _start(directory, pid_file)
            except BaseException:
                pid_file.end()
                raise
        print(Addresses(**pid_file.addresses).text(directory))


def stop(directory: Path) -> None:
    """End the processes that were started."""
    with _pid_file(directory) as pid_file:
        ended = [entry.name for entry in pid_file.running()]
        pid_file.end()
        print(f"ended: {', '.join(reversed(ended))}" if ended else "nothing runs")


@contextmanager
def _pid_file(directory: Path) -> Iterator[PidFile]:
    """Open the PID file for one command at a time."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OperatorError("another make cluster or make cluster-stop is running") from None
        yield PidFile(directory / PROCESSES)


def _start(directory: Path, pid_file: PidFile) -> None:
    downloads.require_java()
    jar = downloads.job_server()
    print("starting Kafka, ZooKeeper and Flink", flush=True)
    kafka, flink = _servers(directory, pid_file)
    print("starting newsline worker, submitting the job", flush=True)
    status, worker = _job(directory, pid_file, kafka, flink, jar)
    print("polling the sample newsroom", flush=True)
    with connect(kafka.address) as connection:
        sample = directory / "sample" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
        asyncio.run(poll_sample(_directory(sample), connection, kafka.address))
        article_table.show(connection)
    addresses = Addresses(kafka.address, flink.master, status, worker)
    (directory / ENVIRONMENT).write_text(addresses.environment(jar))
    keep = [sys.executable, "-m", "deploy.local.keeper", str(directory / PROCESSES)]
    Process(keep, directory / f"{keeper.NAME}.log", pid_file).start()
    pid_file.complete(addresses._asdict())


def _servers(directory: Path, pid_file: PidFile) -> tuple[KafkaServer, FlinkCluster]:
    kafka = KafkaServer(
        _directory(directory / "kafka"), jvm=JVM, port=free_port(9092), pid_file=pid_file
    )
    kafka.start()
    # Two slots each: either task manager can take over the other's half of the job.
    flink = FlinkCluster(
        _fresh(directory / "flink"), slots=2, jvm=JVM, port=free_port(8081), pid_file=pid_file
    )
    flink.start()
    return kafka, flink


def _job(
    directory: Path, pid_file: PidFile, kafka: KafkaServer, flink: FlinkCluster, jar: Path
) -> tuple[str, str]:
    """Start newsline worker and submit the job. Returns the worker's status address, and the one
    at which task managers reach it."""
    broker = ("--broker", kafka.address)
    _newsline("topics", "create", *broker)
    pool, status = (f"127.0.0.1:{free_port(port)}" for port in (50000, 9403))
    command = [*NEWSLINE, "worker", *broker, "--worker-address", pool, "--status", status]
    worker = Process(command, _directory(directory / "newsline") / "worker.log", pid_file)
    worker.start()
    wait_until(partial(_ready, status), [worker], WORKER_SECONDS)
    where = ("--runner", "FlinkRunner", "--flink-master", flink.master)
    how = ("--job-server-jar", str(jar), "--parallelism", "2", "--worker-address", pool)
    _newsline("enrich", *broker, *where, *how)
    return status, pool


def _newsline(*arguments: str) -> None:
    """Run the command to its end. It prints its own errors."""
    if code := subprocess.run([*NEWSLINE, *arguments], check=False).returncode:
        sys.exit(code)


def _ready(status: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://{status}/readyz", timeout=10):
        return True
    return False


def _directory(directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def _fresh(directory: Path) -> Path:
    """Delete an earlier Flink's files except savepoints: the broker has the job's offsets."""
    for each in _directory(directory).iterdir():
        if each.is_dir() and each.name != KEPT:
            shutil.rmtree(each)
        elif each.is_file():
            each.unlink()
    return directory
