"""A file system of a few megabytes that is full: one line, nothing lost, on when there is space.

Needs root, for the mount; test_operator_errors.py does the same by a limit on the files' size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from newsline.broker import connect
from newsline.records import DEAD_LETTER_TOPIC, ENRICHED_TOPIC, RAW_TOPIC, decode_enriched
from tests.integration.test_operator_errors import ARTICLES, FREE, keys, put_articles, site
from tests.support.command import Command, newsline, until
from tests.support.disk import Disk, can_mount

QUICK = ("--children", "1", "--without", "entities", "--without", "topic_tags")


LITTLE = 8 * 4_096
"""Bytes that stay free, as on a disk that is nearly full."""


@pytest.fixture
def disk(tmp_path) -> Iterator[Disk]:
    if not can_mount():
        pytest.skip("this machine allows no mounts")
    with Disk(tmp_path / "disk", 4) as disk:
        yield disk


def test_poll_waits_for_space_for_its_state_and_broker_and_publishes_each_article_once(
    tmp_path, disk
):
    address = f"embedded:{disk.directory / 'broker.db'}"
    with site() as news:
        arguments = ["poll", f"{news.url}/feed", "--allow", news.host, "--workers", "1", *FREE]
        places = ["--broker", address, "--state", str(disk.directory / "state.db")]
        with Command(tmp_path / "log", *arguments, *places) as poll:
            until(lambda: "polling 1 feed " in poll.output(), what="its greeting")
            disk.fill(left=LITTLE)
            until(lambda: "is unreachable, retrying: " in poll.output(), what="the full disk")
            disk.free()
            until(lambda: "is reachable again" in poll.output(), what="its end")
            with connect(address) as broker:
                until(lambda: len(keys(broker, RAW_TOPIC)) == ARTICLES, what="the last article")
                assert Counter(keys(broker, RAW_TOPIC).values()) == {1: ARTICLES}
            assert poll.terminate() == 0, poll.output()
    told = [line for line in poll.output().splitlines() if "retrying" in line]
    assert len(told) <= 2  # state and broker
    assert all("full" in line or "no space left" in line for line in told), told


def test_json_lines_without_space_end_enrich_with_one_line_and_are_continued_without_doubles(
    tmp_path, disk
):
    address = f"embedded:{tmp_path / 'broker.db'}"
    lines = disk.directory / "enriched"
    assert newsline("topics", "create", "--broker", address).returncode == 0
    put_articles(address, 10)
    enrich = ("enrich", "--broker", address, "--jsonl", str(lines), "--until-caught-up")
    disk.fill(left=LITTLE)
    full = newsline(*enrich, *QUICK, *FREE)
    assert full.returncode == 1
    (said,) = [line for line in full.stderr.splitlines() if not line.startswith("enriching ")]
    assert "no space left" in said.lower(), said
    disk.free()
    assert newsline(*enrich, *QUICK, *FREE).returncode == 0
    with connect(address) as broker:
        assert Counter(keys(broker, ENRICHED_TOPIC).values()) == {1: 10}
        assert not keys(broker, DEAD_LETTER_TOPIC)
    written = [line for file in lines.glob("*.jsonl") for line in file.read_bytes().splitlines()]
    ids = Counter(decode_enriched(line).article_id for line in written)
    assert Counter(ids.values()) == {1: 10}


@pytest.mark.parametrize("command", [("topics",), ("enrich", *QUICK, *FREE)])
def test_a_broker_on_a_disk_without_any_space_is_said_to_need_some(disk, command):
    address = f"embedded:{disk.directory / 'broker.db'}"
    assert newsline("topics", "create", "--broker", address).returncode == 0
    disk.fill()
    done = newsline(*command, "--broker", address)
    assert (done.returncode, done.stdout) == (1, "")
    line = (
        f"newsline: no space left for {disk.directory / 'broker.db'}: free some; nothing was lost"
    )
    assert done.stderr == f"{line}\n"
