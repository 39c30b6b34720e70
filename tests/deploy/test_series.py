"""While a job runs, Flink and the worker serve every series that rules and dashboard ask for."""

from __future__ import annotations

import re
import urllib.request
from contextlib import suppress

from tests.deploy.expressions import asked, names
from tests.support.command import until
from tests.support.flink_job import OnFlink
from tests.support.record_flow import Flow

CONNECTORS = re.compile(
    "newsline_(polls|sitemaps|pages|entries|revisits|feeds|feed_overdue|websub|articles_published"
    "|publish_age)"
)


def series(url: str) -> set[str]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return set(re.findall(r"^(\w+)[ {]", answer.read().decode(), re.MULTILINE))


def test_the_series_that_are_asked_for_are_served(tmp_path, mortal_kafka, flink, job_server):
    wanted = {name for each in asked().values() for name in names(each)}
    wanted = {name for name in wanted if not CONNECTORS.match(name)}
    with (
        Flow(mortal_kafka.address, 40, seconds=1) as flow,
        OnFlink(tmp_path, mortal_kafka.address, flink, job_server) as job,
    ):
        flow.go_on()
        job.submit()
        flow.reach(1.0)
        (worker,) = re.findall(r"status on (\S+)", job.pool.output())
        sources = [f"{worker}metrics", *(f"http://{address}/metrics" for address in flink.metrics)]

        def missing() -> set[str]:
            return wanted - set().union(*map(series, sources))

        with suppress(AssertionError):
            until(lambda: not missing())
        assert missing() == set()
        job.end()
