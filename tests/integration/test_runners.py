"""What holds on each runner whose job stays in our process: live, exactly once, drained."""

from __future__ import annotations

import random
import re
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from deploy.local.flink import FlinkCluster
from deploy.local.kafka import KafkaServer
from tests.support import prism
from tests.support.command import Command, until
from tests.support.flink_job import OnFlink
from tests.support.record_flow import DEADLINE, Flow

ARTICLES = 400
RUNNERS = ["DirectRunner", "PrismRunner", "embedded Flink"]

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(params=RUNNERS)
def options(request: pytest.FixtureRequest) -> list[str]:
    """The runner's part of the command line."""
    return options_of(request.param, request)


def options_of(runner: str, request: pytest.FixtureRequest) -> list[str]:
    if runner == "DirectRunner":
        return []
    if runner == "PrismRunner":
        return ["--runner", "PrismRunner", f"--prism_location={prism.binary()}"]
    jar = request.getfixturevalue("job_server")
    return ["--runner", "FlinkRunner", "--flink-master", "[local]", "--job-server-jar", str(jar)]


def enrich(directory: Path, address: str, options: list[str]) -> Command:
    common = ("--broker", address, "--children", "1", "--status", "127.0.0.1:0", *DEADLINE)
    return Command(directory / "enrich.log", "enrich", *common, *options)


def counted(job: Command) -> float:
    """The articles that the job's metrics count."""
    url = re.findall(r"status on (\S+)", job.output())[-1]
    with urllib.request.urlopen(f"{url}metrics") as answer:
        text = answer.read().decode()
    return float(re.findall(r"^newsline_articles_enriched_total (\S+)", text, re.MULTILINE)[0])


def test_articles_come_out_live_and_once_though_the_job_is_killed_and_a_drain_ends_it(
    tmp_path: Path, mortal_kafka: KafkaServer, options: list[str]
) -> None:
    address = mortal_kafka.address
    with (
        Flow(address, ARTICLES, seconds=10) as flow,
        enrich(tmp_path, address, options) as job,
    ):
        flow.reach(0.2)
        job.kill()
        job.start()
        flow.reach(0.75, job=job)
        flow.go_on()
        flow.reach(1.0, job=job)
        assert 0 < counted(job) < ARTICLES  # since it was killed
        assert job.terminate() == 0, job.output()
    flow.account()


def test_a_job_moves_between_runners_by_the_offsets_in_the_broker_alone(
    tmp_path: Path,
    mortal_kafka: KafkaServer,
    flink: FlinkCluster,
    job_server: Path,
    request: pytest.FixtureRequest,
) -> None:
    """From our DirectRunner to Flink, two wide, to Prism, to Flink, one wide, and back."""
    address = mortal_kafka.address
    with (
        Flow(address, ARTICLES, seconds=8) as flow,
        OnFlink(tmp_path, address, flink, job_server) as on,
    ):
        with enrich(tmp_path, address, []) as job:
            flow.reach(0.15)
            assert job.terminate() == 0, job.output()
        on.submit()
        flow.reach(0.3)
        on.end()
        with enrich(tmp_path, address, options_of("PrismRunner", request)) as job:
            flow.reach(0.5)
            job.kill()
        on.submit("--parallelism", "1")
        flow.reach(0.75)
        on.end()
        flow.go_on()
        with enrich(tmp_path, address, []) as job:
            flow.reach(1.0)
            assert job.terminate() == 0, job.output()
    flow.account()


def test_a_zombie_that_wakes_up_after_another_has_taken_over_is_fenced(
    tmp_path: Path, mortal_kafka: KafkaServer
) -> None:
    address = mortal_kafka.address
    (tmp_path / "second").mkdir()
    with (
        Flow(address, ARTICLES, seconds=8) as flow,
        enrich(tmp_path, address, []) as zombie,
        enrich(tmp_path / "second", address, ["--jsonl", str(tmp_path / "out")]) as successor,
    ):
        successor.kill()
        flow.reach(0.2)
        zombie.process.send_signal(signal.SIGSTOP)
        successor.start()
        flow.go_on()
        flow.reach(0.8, job=successor)
        zombie.process.send_signal(signal.SIGCONT)
        assert zombie.wait() == 1
        # Fenced; or it slept with a request under way, for which it then has waited too long.
        assert re.search("taken over|does not answer", zombie.output().splitlines()[-1])
        flow.reach(1.0, job=successor)
        assert successor.terminate() == 0, successor.output()
    flow.account()


def test_a_broker_that_hangs_in_a_transaction_ends_the_job_with_one_line_and_nothing_is_lost(
    tmp_path: Path, mortal_kafka: KafkaServer
) -> None:
    address = mortal_kafka.address
    with Flow(address, ARTICLES, seconds=6) as flow, enrich(tmp_path, address, []) as job:
        flow.reach(0.2)
        time.sleep(random.uniform(0.0, 0.5))  # in a transaction, or between two
        mortal_kafka.pause()
        until(lambda: job.process.poll() is not None, "the job's end")
        assert job.process.returncode == 1
        line = job.output().splitlines()[-1]
        assert re.fullmatch(rf"newsline: {address} (does not answer: .+|sends no records)", line)
        mortal_kafka.resume()
        flow.go_on()
        job.start()
        flow.reach(1.0, job=job)
        assert job.terminate() == 0, job.output()
    flow.account()
