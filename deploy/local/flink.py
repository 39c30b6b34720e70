"""A Flink session cluster on 127.0.0.1, with the ZooKeeper that stores its jobs."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Self

from deploy.local import downloads, flink_settings
from deploy.local.classes import Archives, archives
from deploy.local.pidfile import PidFile
from deploy.local.process import FAST_START, Process, free_ports, wait_until

START_SECONDS = 120.0

PACKAGE = "org.apache.flink.runtime"
ZOOKEEPER = f"{PACKAGE}.zookeeper.FlinkZooKeeperQuorumPeer"
JOB_MANAGER = f"{PACKAGE}.entrypoint.StandaloneSessionClusterEntrypoint"
TASK_MANAGER = f"{PACKAGE}.taskexecutor.TaskManagerRunner"

# Flags of Flink's own scripts for Java 17.
EXPORTS = (
    "java.base/sun.net.util",
    "java.rmi/sun.rmi.registry",
    "java.security.jgss/sun.security.krb5",
)
OPENS = (
    *("lang", "net", "io", "nio", "lang.reflect", "text", "time"),
    *("util", "util.concurrent", "util.concurrent.atomic", "util.concurrent.locks"),
)
MODULES = (
    *(f"--add-exports={package}=ALL-UNNAMED" for package in EXPORTS),
    *(f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in OPENS),
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
)

# Flink's scripts derive these from the sizes in the settings.
JOB_MANAGER_MEMORY = ("-Xmx512m",)
TASK_MANAGER_MEMORY = ("-Xmx384m", "-XX:MaxDirectMemorySize=288m", "-XX:MaxMetaspaceSize=256m")


class FlinkCluster:
    """A job manager, task managers and a ZooKeeper in ``directory``, each a :class:`Process`.

    ``master`` is the value for ``newsline enrich --flink-master``. A process that a test has killed
    is started again by its ``start()``.
    """

    def __init__(
        self,
        directory: Path,
        task_managers: int = 2,
        slots: int = 1,
        jvm: Sequence[str] = FAST_START,
        port: int | None = None,
        pid_file: PidFile | None = None,
        classes: Archives | None = None,
    ) -> None:
        rest, rpc, zookeeper, *metrics = free_ports(4 + task_managers)
        rest = port or rest
        self.master = f"127.0.0.1:{rest}"
        self._slots = task_managers * slots
        directory = directory.absolute()
        self._directory = directory
        self._jvm = ("java", *jvm, *MODULES, "-cp", f"{downloads.flink()}/*")
        self._classes = classes or _archives()
        self._pid_file = pid_file
        flink_settings.write(directory, flink_settings.Ports(rest, rpc, zookeeper), slots)
        quorum = ("--zkConfigFile", str(directory / "zoo.cfg"), "--peerId", "1")
        flags = ("-Xmx64m", *self._classes.flags("zookeeper"))
        self.zookeeper = self._process("zookeeper", flags, ZOOKEEPER, *quorum)
        self.job_manager = self._flink("job-manager", JOB_MANAGER_MEMORY, JOB_MANAGER, metrics[0])
        self.task_managers = [
            self._flink(f"task-manager-{n}", TASK_MANAGER_MEMORY, TASK_MANAGER, port)
            for n, port in enumerate(metrics[1:], start=1)
        ]
        self.metrics = [f"127.0.0.1:{port}" for port in metrics]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    @property
    def processes(self) -> list[Process]:
        """All processes in order of their start."""
        return [self.zookeeper, self.job_manager, *self.task_managers]

    def start(self) -> None:
        """Start the processes that do not run. Returns when all slots are available."""
        for process in self.processes:
            if not process.runs():
                process.start()
        self.wait()

    def wait(self) -> None:
        """Return when the job manager has all slots."""
        wait_until(lambda: self._available_slots() == self._slots, self.processes, START_SECONDS)

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.stop()

    def get(self, path: str) -> Any:
        """Read from the job manager's REST interface."""
        with urllib.request.urlopen(f"http://{self.master}{path}", timeout=10) as answer:
            return json.load(answer)

    def _available_slots(self) -> int:
        try:
            return int(self.get("/overview")["slots-total"])
        except OSError:  # also 503, while there is no leader
            return -1

    def _flink(self, name: str, memory: Sequence[str], of: str, metrics_port: int) -> Process:
        dynamic = {
            "metrics.reporter.prom.port": metrics_port,
            "taskmanager.resource-id": name,
        }
        log = f"-Dlog.file={self._directory / name}.log"  # so that Flink's page can show it
        classes = self._classes.flags(of.rpartition(".")[2])
        settings = [part for key, value in dynamic.items() for part in ("-D", f"{key}={value}")]
        return self._process(
            name, (*memory, log, *classes), of, "--configDir", str(self._directory), *settings
        )

    def _process(self, name: str, flags: Sequence[str], *command: str) -> Process:
        log4j = f"-Dlog4j.configurationFile={self._directory / 'log4j.properties'}"
        java, *rest = self._jvm
        return Process(
            [java, *flags, log4j, *rest, *command], self._directory / f"{name}.log", self._pid_file
        )


@cache
def _archives() -> Archives:
    processes = ["zookeeper", *(main.rpartition(".")[2] for main in (JOB_MANAGER, TASK_MANAGER))]
    return archives("flink", downloads.flink(), processes, _run)


def _run(classes: Archives) -> None:
    with (
        tempfile.TemporaryDirectory() as directory,
        FlinkCluster(Path(directory), task_managers=1, classes=classes),
    ):
        pass
