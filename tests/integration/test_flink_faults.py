"""kill -9 of each part of a real cluster while articles flow: none lost, none doubled, in order.

One job lives through all of it, as an operator's would.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.flink import FlinkCluster
from deploy.local.kafka import KafkaServer
from newsline.broker import connect
from newsline.topics import contents
from tests.support.command import until
from tests.support.flink_job import OnFlink
from tests.support.record_flow import Flow

ARTICLES = 600

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def kafka(java: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """A Kafka of these tests' own, which each leaves running."""
    with KafkaServer(tmp_path_factory.mktemp("mortal-kafka")) as server:
        yield server


@pytest.fixture(scope="module")
def job(
    kafka: KafkaServer,
    flink: FlinkCluster,
    job_server: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[OnFlink]:
    """A job that runs, and still does when a test has ended."""
    with connect(kafka.address) as broker:
        contents.ensure(broker)
    with OnFlink(tmp_path_factory.mktemp("job"), kafka.address, flink, job_server) as job:
        job.submit()
        yield job
        job.end()


def kill_a_task_manager(job: OnFlink, _: KafkaServer) -> None:
    victim = job.cluster.task_managers[0]
    victim.kill()
    victim.start()


def kill_the_job_manager(job: OnFlink, _: KafkaServer) -> None:
    job.cluster.job_manager.kill()
    job.cluster.job_manager.start()


def kill_a_worker(job: OnFlink, _: KafkaServer) -> None:
    os.kill(job.workers()[0], signal.SIGKILL)


def kill_the_pool(job: OnFlink, _: KafkaServer) -> None:
    job.pool.kill()
    job.pool.start()


def kill_the_broker(_: OnFlink, kafka: KafkaServer) -> None:
    kafka.restart()


def kill_everything(job: OnFlink, kafka: KafkaServer) -> None:
    job.pool.kill()
    for process in (kafka, *job.cluster.processes):
        process.kill()
    kafka.start()
    job.cluster.start()
    job.pool.start()


@pytest.mark.parametrize(
    "kill",
    [
        kill_a_task_manager,
        kill_the_job_manager,
        kill_a_worker,
        kill_the_broker,
        kill_everything,  # the pool too, which the soak kills by itself
    ],
)
def test_after_kill_9_each_article_is_there_once_and_in_order(
    kill: Callable[[OnFlink, KafkaServer], None], job: OnFlink, kafka: KafkaServer
) -> None:
    with Flow(kafka.address, ARTICLES, seconds=10) as flow:
        flow.reach(0.3)
        kill(job, kafka)
        flow.reach(0.75)
        job.wait_until_it_runs()
        flow.go_on()
        flow.reach(1.0)
    flow.account()


def test_a_worker_that_wakes_up_after_its_partitions_were_taken_over_commits_nothing(
    job: OnFlink, kafka: KafkaServer
) -> None:
    with Flow(kafka.address, ARTICLES, seconds=10) as flow:
        flow.reach(0.3)
        zombie = job.workers()[0]
        os.kill(zombie, signal.SIGSTOP)
        for task_manager in job.cluster.task_managers:
            task_manager.kill()
            task_manager.start()
        flow.reach(0.75)
        os.kill(zombie, signal.SIGCONT)
        flow.go_on()
        flow.reach(1.0)
        until(lambda: zombie not in job.workers(), "the zombie's end")
    flow.account()


def test_a_broker_that_hangs_is_told_by_status_and_the_job_goes_on_when_it_is_back(
    job: OnFlink, kafka: KafkaServer
) -> None:
    with Flow(kafka.address, ARTICLES, seconds=10) as flow:
        flow.reach(0.3)
        kafka.pause()
        until(lambda: "does not answer" in job.say("status").stdout, "the failure")
        kafka.resume()
        flow.reach(0.75)
        flow.go_on()
        flow.reach(1.0)
    flow.account()
