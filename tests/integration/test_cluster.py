"""``make cluster`` and what it is made of: real servers that start, end and come back."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.downloads import CHECKOUT
from deploy.local.flink import FlinkCluster
from deploy.local.kafka import KafkaServer
from deploy.local.pidfile import PidFile, StartedProcess, born
from newsline.broker import connect
from newsline.errors import OperatorError
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC, decode_enriched
from newsline.topics import contents
from tests.support.command import until
from tests.support.example_records import raw_article, raw_message
from tests.support.topic_reader import values

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

COMMAND = (sys.executable, "-m", "deploy.local")
FROM_CHECKOUT = os.environ | {"PYTHONPATH": str(CHECKOUT)}

Local = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def local(java: None, tmp_path: Path) -> Iterator[Local]:
    """``python -m deploy.local``, for a cluster in the test's own directory."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            cwd=tmp_path,
            env=FROM_CHECKOUT | environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    yield run
    run("stop")


@pytest.fixture
def pid_file(tmp_path: Path) -> Callable[[], PidFile]:
    """The cluster's pid_file as it stands."""
    return lambda: PidFile(tmp_path / "data" / "cluster" / "cluster.json")


def marked(name: str) -> set[int]:
    """The processes that have this variable in their environment: all that came of a command."""
    found = set()
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            environment = (directory / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(variable.startswith(name.encode()) for variable in environment):
            found.add(int(directory.name))
    return {pid for pid in found if born(pid)}


def named(processes: PidFile, name: str) -> StartedProcess:
    (entry,) = [entry for entry in processes.entries if entry.name == name]
    return entry


@ON_LINUX
def test_the_cluster_starts_tells_where_it_is_shows_articles_and_ends_without_a_trace(
    local: Local, pid_file: Callable[[], PidFile], tmp_path: Path
) -> None:
    directory = tmp_path / "data" / "cluster"
    mark = f"MARK_{uuid.uuid4().hex}"
    started = local("start", **{mark: "1"})
    assert started.returncode == 0, started.stderr
    assert re.search(r"^40 published · 40 enriched · 0 dead letters$", started.stdout, re.M)
    assert "Enriched articles" in started.stdout
    there = pid_file()
    with connect(there.addresses["broker"]) as broker:
        enriched = [decode_enriched(value) for value in values(broker, ENRICHED_TOPIC)]
    assert len({(article.article_id, article.revision) for article in enriched}) == 40
    assert {entry.pid for entry in there.entries} < marked(mark)

    again = local("start")
    assert (again.returncode, again.stderr) == (0, "")
    assert again.stdout.startswith("it runs already")
    assert there.addresses["flink"] in again.stdout
    assert pid_file().entries == there.entries

    environment = (directory / "environment").read_text()
    assert f"export NEWSLINE_WORKER_ADDRESS={there.addresses['worker']}\n" in environment

    victim = named(there, "task-manager-2")
    os.kill(victim.pid, signal.SIGKILL)
    until(lambda: (now := named(pid_file(), "task-manager-2")).runs() and now != victim)
    log = directory / "keeper.log"
    until(lambda: log.read_text().endswith("\n"), "the keeper's line")
    assert re.fullmatch(r"\S+ task-manager-2 had ended: started again\n", log.read_text())

    os.kill(named(there, "keeper").pid, signal.SIGKILL)
    until(lambda: not named(there, "keeper").runs())
    refused = local("start")
    assert refused.returncode == 1
    assert refused.stderr == "start: the keeper has ended: make cluster-stop, start again\n"

    stopped = local("stop")
    assert stopped.returncode == 0, stopped.stderr
    ended = "worker, task-manager-2, task-manager-1, job-manager, zookeeper, kafka"
    assert stopped.stdout == f"ended: {ended}\n"
    until(lambda: not marked(mark), "the end of all that was started")
    assert local("stop").stdout == "nothing runs\n"


def test_a_start_that_fails_is_told_in_one_line_and_leaves_nothing(
    local: Local, pid_file: Callable[[], PidFile], tmp_path: Path
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "java").write_text("#!/bin/sh\nexit 3\n")
    (programs / "java").chmod(0o755)
    failed = local("start", PATH=f"{programs}:{os.environ['PATH']}")
    assert failed.returncode == 1
    assert re.fullmatch(
        r"start: Kafka did not format its directory: see \S*kafka\.log\n", failed.stderr
    )
    assert pid_file().entries == []


def test_what_a_start_that_was_killed_has_left_is_ended(
    local: Local, pid_file: Callable[[], PidFile], tmp_path: Path
) -> None:
    with subprocess.Popen([*COMMAND, "start"], cwd=tmp_path, env=FROM_CHECKOUT) as starting:
        until(lambda: bool(pid_file().running()), "its first server")
        starting.kill()
    left = pid_file().running()
    assert left[0].name == "kafka"
    assert local("stop").returncode == 0
    assert not any(entry.runs() for entry in left)


def test_without_java_the_start_says_what_to_install(local: Local) -> None:
    failed = local("start", PATH="/nowhere")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert re.fullmatch(r"start: java is missing: install a JDK 17 and Maven, .*\n", failed.stderr)


@pytest.mark.kafka
def test_a_kafka_that_comes_back_elsewhere_has_its_topics(java: None, tmp_path: Path) -> None:
    with KafkaServer(tmp_path) as first, connect(first.address) as broker:
        contents.ensure(broker)
        broker.producer("a").commit([raw_message(raw_article(n)) for n in range(20)])
    with KafkaServer(tmp_path) as second, connect(second.address) as broker:
        assert second.address != first.address
        assert len(values(broker, RAW_TOPIC)) == 20


@pytest.mark.flink
def test_a_flink_that_does_not_start_says_where_to_look_and_leaves_nothing(
    java: None, tmp_path: Path
) -> None:
    cluster = FlinkCluster(tmp_path, jvm=["-XX:NoSuchFlag"])
    with pytest.raises(OperatorError, match=r"ended during its start: see \S+\.log$"):
        cluster.start()
    assert not any(process.runs() for process in cluster.processes)
