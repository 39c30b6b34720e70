"""An operator's mistakes with Flink are reported in one line, before anything is sent."""

from __future__ import annotations

import pytest

from tests.support.command import newsline


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--runner", "FlinkRunner"], "--flink-master is missing: HOST:PORT of the job manager's"),
        (
            ["--runner", "FlinkRunner", "--flink-master", "127.0.0.1:1"],
            "--job-server-jar is missing: no such jar: build it with mvn -f deploy/flink/pom.xml",
        ),
        (
            ["--runner", "FlinkRunner", "--flink-master", "f:1", "--job-server-jar", __file__],
            "test_enrich.py: no such jar: build it with mvn",
        ),
        (
            ["--runner", "FlinkRunner", "--until-caught-up"],
            "a job on Flink does not end by itself",
        ),
        (["--runner", "PrismRunner"], "name its binary with --prism_location=PATH"),
        (["--from-savepoint", "/there"], "a savepoint is Flink's: add --runner FlinkRunner"),
        (["--max_bundle_sise=1"], "--max_bundle_sise is not an option of newsline or Beam"),
        (
            ["status", "--flink-master", "127.0.0.1:1"],
            "Flink at http://127.0.0.1:1 does not answer",
        ),
        (["stop"], "--flink-master is missing"),
        (["cancel"], "--flink-master is missing"),
    ],
)
def test_a_mistake_is_told_in_one_line(tmp_path, arguments, line):
    place = [] if arguments[0] in ("status", "stop", "cancel") else broker(tmp_path)
    done = newsline("enrich", *place, *arguments)
    assert done.returncode == 1
    assert line in done.stderr
    assert done.stderr.startswith("newsline: ")
    assert len(done.stderr.splitlines()) == 1


def broker(tmp_path) -> list[str]:
    return ["--broker", f"embedded:{tmp_path / 'broker.db'}", "--status", "127.0.0.1:0"]


def test_options_before_a_subcommand_would_be_ignored_and_are_refused():
    done = newsline("enrich", "--flink-master", "flink:8081", "status")
    assert done.returncode == 2
    assert "options go after the command: newsline enrich status --flink-master" in done.stderr
