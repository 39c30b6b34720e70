"""kill -9 of each part of a real cluster while articles flow: none lost, none doubled, in order.

One job lives through all of it, as an operator's would.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from deploy.local.kafka import KafkaServer
from tests.support import flink_faults
from tests.support.command import until
from tests.support.flink_job import OnFlink
from tests.support.record_flow import Flow

ARTICLES = 300

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.mark.parametrize(
    "kill",
    [
        flink_faults.kill_a_task_manager,
        flink_faults.kill_the_job_manager,
        flink_faults.kill_a_worker,
        flink_faults.kill_the_broker,
        flink_faults.kill_everything,  # the pool too, which the soak kills by itself
    ],
)
def test_after_kill_9_each_article_is_there_once_and_in_order(
    kill: Callable[[OnFlink, KafkaServer], None], job: OnFlink, job_kafka: KafkaServer
) -> None:
    with Flow(job_kafka.address, ARTICLES, seconds=6) as flow:
        flow.reach(0.3)
        kill(job, job_kafka)
        flow.reach(0.75)
        job.wait_until_it_runs()
        flow.go_on()
        flow.reach(1.0)
    flow.account()


def test_a_worker_that_wakes_up_after_its_partitions_were_taken_over_commits_nothing(
    job: OnFlink, job_kafka: KafkaServer
) -> None:
    with Flow(job_kafka.address, ARTICLES, seconds=6) as flow:
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
    job: OnFlink, job_kafka: KafkaServer
) -> None:
    with Flow(job_kafka.address, ARTICLES, seconds=6) as flow:
        flow.reach(0.3)
        job_kafka.pause()
        until(lambda: "does not answer" in job.say("status").stdout, "the failure")
        job_kafka.resume()
        flow.reach(0.75)
        flow.go_on()
        flow.reach(1.0)
    flow.account()
