"""Configuration files of Flink and ZooKeeper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

MEMORY = {
    "cpu.cores": 1,
    "memory.framework.heap.size": "128m",
    "memory.framework.off-heap.size": "128m",
    "memory.task.heap.size": "256m",
    "memory.task.off-heap.size": "128m",
    "memory.managed.size": "32m",
    "memory.network.min": "32m",
    "memory.network.max": "32m",
    "memory.jvm-metaspace.size": "256m",
    "memory.jvm-overhead.min": "64m",
    "memory.jvm-overhead.max": "64m",
}

# A session lasts from 2 to 20 ticks.
ZOO_CFG = """\
tickTime=500
dataDir={data}
clientPort={port}
clientPortAddress=127.0.0.1
admin.enableServer=false
"""

LOG4J = """\
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = Console
appender.console.name = Console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %-5p %c{1} - %m%n
"""


class Ports(NamedTuple):
    """Ports that stay the same when a process is started again."""

    rest: int
    rpc: int
    zookeeper: int


def write(directory: Path, ports: Ports, slots: int) -> None:
    """Write config.yaml, zoo.cfg and log4j.properties for a cluster in the directory."""
    settings = _settings(directory, ports, slots).items()
    files = {
        "config.yaml": "".join(f"{key}: {json.dumps(value)}\n" for key, value in settings),
        "zoo.cfg": ZOO_CFG.format(data=directory / "zookeeper", port=ports.zookeeper),
        "log4j.properties": LOG4J,
    }
    for name, text in files.items():
        (directory / name).write_text(text)


def _settings(directory: Path, ports: Ports, slots: int) -> dict[str, Any]:
    return {
        "jobmanager.rpc.address": "127.0.0.1",
        "jobmanager.bind-host": "127.0.0.1",
        "taskmanager.host": "127.0.0.1",
        "taskmanager.bind-host": "127.0.0.1",
        "jobmanager.rpc.port": ports.rpc,
        "high-availability.jobmanager.port": ports.rpc,
        "rest.address": "127.0.0.1",
        "rest.bind-address": "127.0.0.1",
        "rest.port": ports.rest,
        "taskmanager.numberOfTaskSlots": slots,
        "taskmanager.load-balance.mode": "SLOTS",  # a job's slots on all task managers
        **{f"taskmanager.{key}": value for key, value in MEMORY.items()},
        # Jobs survive the job manager: ZooKeeper stores them and their last checkpoint's place.
        "high-availability.type": "zookeeper",
        "high-availability.storageDir": (directory / "ha").as_uri(),
        "high-availability.zookeeper.quorum": f"127.0.0.1:{ports.zookeeper}",
        "high-availability.zookeeper.client.session-timeout": 6_000,  # ms
        "state.checkpoints.dir": (directory / "checkpoints").as_uri(),
        "state.savepoints.dir": (directory / "savepoints").as_uri(),
        "state.checkpoints.num-retained": 3,
        "web.upload.dir": str(directory / "upload"),
        "io.tmp.dirs": str(directory / "tmp"),
        # A killed process is detected after two failed heartbeats, one that hangs after 10 s.
        "heartbeat.interval": 1_000,  # ms
        "heartbeat.timeout": 10_000,
        # A failed job is always restarted, with growing delays.
        "restart-strategy.type": "exponential-delay",
        "restart-strategy.exponential-delay.initial-backoff": "500ms",
        "restart-strategy.exponential-delay.max-backoff": "30s",
        "restart-strategy.exponential-delay.reset-backoff-threshold": "1min",
        "metrics.reporter.prom.factory.class": (
            "org.apache.flink.metrics.prometheus.PrometheusReporterFactory"
        ),
    }
