"""``newsline run`` as an operator has it: sample newsroom, real feeds, processes that die."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections import Counter
from pathlib import Path

import pytest

from newsline.broker import connect
from newsline.records import ENRICHED_TOPIC, RAW_TOPIC, decode_enriched, decode_raw
from newsline.sample import Newsroom
from newsline.sample.expected import ExpectedCounts
from tests.integration.test_kill import story
from tests.support.command import Command, children, newsline, until
from tests.support.news_site import Answer, Site, rss
from tests.support.topic_reader import values

pytestmark = pytest.mark.slow

FREE = ("--status", "127.0.0.1:0")


def outcomes(output: str) -> dict[str, int]:
    """The entries' outcomes as the command reports them at its end, and ``seen``, their sum."""
    line = re.search(r"^ *entries +(\d+) +(.*)$", output, re.MULTILINE)
    assert line, output
    named = dict(part.rsplit(" ", 1) for part in line[2].split(", "))
    return {"seen": int(line[1]), **{name: int(count) for name, count in named.items()}}


def test_the_sample_newsroom_comes_out_whole_and_the_command_ends_by_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with Command(tmp_path / "log", "run", *FREE) as run:
        assert run.wait() == 0, run.output()
    (directory,) = (tmp_path / "data" / "sample").iterdir()
    with connect(f"embedded:{directory / 'broker.db'}") as broker:
        raw = [decode_raw(value) for value in values(broker, RAW_TOPIC)]
        enriched = [decode_enriched(value) for value in values(broker, ENRICHED_TOPIC)]
    expected = asyncio.run(sample())
    told = outcomes(run.output())
    assert (told["published"], told["update"]) == (expected.articles, expected.updates)
    assert sum(told.values()) == 2 * told["seen"]
    assert len(raw) == len(enriched) == expected.articles + expected.updates
    assert [article.text_source for article in raw].count("feed") == expected.from_feed
    assert {article.language.code for article in enriched} == {"en", "de", "fr"}
    assert all(a.entities and a.topic_tags for a in enriched if a.language.code == "en")
    updated = [article for article in enriched if article.revision == 2]
    assert [article.changed for article in updated] == [("title", "text")]
    assert "Enriched articles" in run.output()
    tail = newsline("tail", "enriched", "-n", "100", "--json")
    assert len(tail.stdout.splitlines()) == len(enriched)
    assert tail.stderr == (
        f"newsline: reading embedded:data/sample/{directory.name}/broker.db (the last run here)\n"
    )


async def sample() -> ExpectedCounts:
    """What a newsroom like the one that was polled amounts to."""
    async with Newsroom() as newsroom:
        return newsroom.expected


def site_of(count: int) -> Site:
    pages: dict[str, Answer] = {f"/story/{n}": (200, "text/html", story(n)) for n in range(count)}
    items = [(path, page_title(path), "") for path in pages]
    pages["/feed"] = (200, "application/rss+xml", rss(items))
    return Site(pages.get)


def page_title(path: str) -> str:
    return f"Report number {path.rpartition('/')[2]}"


def enriched_count(directory: Path) -> int:
    path = directory / "broker.db"
    if not path.exists():
        return 0
    with connect(f"embedded:{path}") as broker:
        # A run makes its topics after the file.
        return len(values(broker, ENRICHED_TOPIC)) if broker.describe(ENRICHED_TOPIC) else 0


def test_on_real_feeds_it_runs_until_ctrl_c_and_then_drains(tmp_path):
    with site_of(20) as site:
        arguments = ("run", f"{site.url}/feed", "--allow", site.host, "--data", str(tmp_path))
        with Command(tmp_path / "log", *arguments, *FREE) as run:
            until(lambda: enriched_count(tmp_path) > 0)
            run.process.send_signal(signal.SIGINT)
            assert run.wait() == 0, run.output()
    assert enriched_count(tmp_path) == outcomes(run.output())["published"] > 0


def test_a_process_of_its_that_is_killed_is_started_again_and_nothing_is_lost(tmp_path):
    """Meanwhile each line of its log is a JSON object, and so is whatever its processes write."""
    with site_of(40) as site:
        arguments = (
            "--log",
            "json",
            "run",
            f"{site.url}/feed",
            "--allow",
            site.host,
            "--data",
            str(tmp_path),
        )
        with Command(tmp_path / "log", *arguments, *FREE) as run:
            until(lambda: len(children(run.process.pid)) == 2)
            for child in children(run.process.pid):
                os.kill(child, signal.SIGKILL)
            until(lambda: run.output().count("started again") == 2, "the restart")
            until(lambda: enriched_count(tmp_path) == 40, "the last article")
            run.process.send_signal(signal.SIGTERM)
            assert run.wait() == 0, run.output()
    assert enriched_count(tmp_path) == 40
    events = Counter(json.loads(line)["event"] for line in run.log.read_text().splitlines())
    assert (events["start"], events["restart"]) == (1, 2)
    assert set(events) <= {"start", "restart", "progress"}


def test_its_processes_end_with_it_when_it_is_killed(tmp_path):
    with site_of(5) as site:
        arguments = ("run", f"{site.url}/feed", "--allow", site.host, "--data", str(tmp_path))
        with Command(tmp_path / "log", *arguments, *FREE) as run:
            until(lambda: len(children(run.process.pid)) == 2)
            below = [
                pid for child in children(run.process.pid) for pid in (child, *children(child))
            ]
            run.kill()
            until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below), "their end")
