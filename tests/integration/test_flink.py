"""The job on a real Flink: an operator's commands, what the processes serve, new partitions."""

from __future__ import annotations

import re
import urllib.request
from contextlib import suppress

from kafka import KafkaAdminClient
from kafka.admin import NewPartitions

from deploy.local.kafka import KafkaServer
from newsline.broker import connect
from newsline.broker.kafka.client import client_settings
from newsline.records import RAW_TOPIC
from tests.deploy.expressions import asked, names
from tests.support.command import until
from tests.support.flink_job import GROUP, OnFlink
from tests.support.record_flow import Flow

CONNECTORS = re.compile(
    "newsline_(polls|sitemaps|pages|entries|revisits|feeds|feed_(?:overdue|gaps|entries_lost)|websub"
    "|articles_published|publish_age|connector_silent|expected_articles|outage|disk_free"
    "|window_articles)"
)
"""Series of connectors, of a monitor that knows a state and disks, and of its ten minutes."""

FAULTS = {
    "newsline_invalid_requests_total",
    "newsline_offset_jumps_total",
    "newsline_offsets_skipped_total",
    "newsline_open_transaction_records",
    "newsline_open_transaction_seconds",
}
"""Series that begin with the first event of their kind."""


def test_a_job_is_submitted_watched_stopped_with_a_savepoint_and_restored(
    on_flink: OnFlink, job_kafka: KafkaServer
) -> None:
    with Flow(job_kafka.address, 400, seconds=5) as flow:
        submitted = on_flink.enrich()
        assert submitted.returncode == 0, submitted.stderr
        assert f"{GROUP} runs on Flink, 2 wide: {on_flink.rest.url}/#/job/" in submitted.stdout
        until(lambda: shares(on_flink) == [1, 1], "that each worker has one share")

        again = on_flink.enrich()
        assert again.returncode == 1
        assert f"{GROUP} runs on Flink already (RUNNING)" in again.stderr

        flow.reach(0.5)
        status = on_flink.say("status")
        assert status.returncode == 0
        assert re.search(rf"{GROUP} is RUNNING since \d{{4}}-.* UTC: http", status.stdout)
        assert re.search(r"tasks running: (\d+) of \1; failures: 0", status.stdout)

        stopped = on_flink.say("stop", "--savepoint")
        assert stopped.returncode == 0, stopped.stderr
        (savepoint,) = re.findall(r"its savepoint: (\S+)", stopped.stdout)
        assert on_flink.say("status").returncode == 1

        flow.go_on()
        restored = on_flink.restore(savepoint)
        assert restored.returncode == 0, restored.stderr
        assert restored_from(on_flink) == savepoint
        flow.reach(1.0)
    on_flink.end()
    ended = on_flink.say("status")
    assert ended.returncode == 1
    assert "CANCELED" in ended.stdout
    flow.account()


def shares(job: OnFlink) -> list[int]:
    """How many elements each of Flink's subtasks that read has got."""
    (read,) = [v for v in running(job)["vertices"] if "Read, Enrich, Commit" in v["name"]]
    found = job.cluster.get(f"/jobs/{running(job)['jid']}/vertices/{read['id']}")["subtasks"]
    return [subtask["metrics"]["read-records"] for subtask in found]


def running(job: OnFlink) -> dict:
    found = job.rest.running(GROUP)
    assert found is not None
    return dict(job.cluster.get(f"/jobs/{found.id}"))


def restored_from(job: OnFlink) -> str:
    checkpoints = job.cluster.get(f"/jobs/{running(job)['jid']}/checkpoints")
    return str(checkpoints["latest"]["restored"]["external_path"])


def test_the_pool_of_workers_shows_what_they_count(job: OnFlink, job_kafka: KafkaServer) -> None:
    with Flow(job_kafka.address, 40, seconds=1) as flow:
        flow.go_on()
        flow.reach(1.0)
        (url,) = re.findall(r"status on (\S+)", job.pool.output())

        def metrics() -> str:
            return served(f"{url}metrics")

        until(lambda: "newsline_articles_enriched_total 40.0" in metrics(), "40 articles")
        late = 'newsline_dead_letters_total{reason="deadline",stage="enrich"} 1.0'
        assert late in metrics()
        letters = 'newsline_dead_letters_total{reason="not_a_record",stage="decode"} 8.0'
        assert letters in metrics()
        until(lambda: 'newsline_lag_records{partition="0"' in metrics(), "the lag")
    flow.account()


def test_the_series_that_rules_and_dashboard_ask_for_are_served(
    job: OnFlink, job_kafka: KafkaServer
) -> None:
    wanted = {name for each in asked().values() for name in names(each)}
    wanted = {name for name in wanted - FAULTS if not CONNECTORS.match(name)}
    with Flow(job_kafka.address, 40, seconds=1) as flow:
        flow.go_on()
        flow.reach(1.0)
    (worker,) = re.findall(r"status on (\S+)", job.pool.output())
    of_flink = [f"http://{address}/metrics" for address in job.cluster.metrics]

    def missing() -> set[str]:
        return wanted - set().union(*map(series, [f"{worker}metrics", *of_flink]))

    with suppress(AssertionError):
        until(lambda: not missing())
    assert missing() == set()


def served(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def series(url: str) -> set[str]:
    return set(re.findall(r"^(\w+)[ {]", served(url), re.MULTILINE))


def test_partitions_that_are_added_while_the_job_runs_are_read(
    job: OnFlink, job_kafka: KafkaServer
) -> None:
    """The last test of the file: the topic keeps its partitions."""
    address = job_kafka.address
    with Flow(address, 200, seconds=4) as flow:
        flow.reach(0.5)
        with KafkaAdminClient(**client_settings(address.removeprefix("kafka://"))) as admin:
            admin.create_partitions({RAW_TOPIC: NewPartitions(7)})
        flow.go_on()
        flow.reach(1.0)
        with connect(address) as broker:
            until(lambda: not any(broker.lag(GROUP, RAW_TOPIC)), "the end of all partitions")
            assert all(broker.end_offsets(RAW_TOPIC)[4:])
    flow.account(partitions=None)
