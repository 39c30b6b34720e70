"""Faults of a job on a real Flink: kill -9 of each part, which then comes back."""

from __future__ import annotations

import os
import signal

from deploy.local.kafka import KafkaServer
from tests.support.command import until
from tests.support.flink_job import GROUP, OnFlink


def kill_a_task_manager(job: OnFlink, _: KafkaServer) -> None:
    victim = job.cluster.task_managers[0]
    victim.kill()
    victim.start()


def kill_the_job_manager(job: OnFlink, _: KafkaServer) -> None:
    """Its successor goes on with the same job, from the last checkpoint."""
    before = job.rest.running(GROUP)
    assert before is not None
    until(lambda: job.rest.checkpoints(before.id).completed > 0, "a checkpoint")
    job.cluster.job_manager.kill()
    job.cluster.job_manager.start()
    job.wait_until_it_runs()
    after = job.rest.running(GROUP)
    assert after is not None
    assert after.id == before.id
    assert job.cluster.get(f"/jobs/{after.id}/checkpoints")["latest"]["restored"] is not None


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
