"""The stories of real articles, by the commands that an operator runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.support.command import newsline
from tests.support.connector_harness import FIRST, SECOND
from tests.support.news_site import Answer, Site, page, rss

CLOSED = '<meta name="robots" content="noai">'
PAGES: dict[str, Answer] = {
    "/robots.txt": (200, "text/plain", b"User-agent: *\nDisallow: /private"),
    "/one": (200, "application/rss+xml", rss([("/harbour", "Harbour reopens", "")])),
    "/two": (
        *(200, "application/rss+xml"),
        rss(
            [
                ("/harbour?utm_source=two", "Harbour reopens", ""),
                ("/private/plans", "Plans of the harbour", ""),
                ("/reserved", "Rights in the harbour", ""),
                ("/nowhere", "No such harbour", ""),
            ]
        ),
    ),
    "/harbour": (200, "text/html; charset=utf-8", page("Harbour reopens", [FIRST, SECOND])),
    "/reserved": (200, "text/html; charset=utf-8", page("Rights", [FIRST, SECOND], CLOSED)),
}


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(lambda path: PAGES.get(path.partition("?")[0])) as site:
        yield site


def test_what_was_polled_and_enriched_can_be_told_of_each_article(site, tmp_path):
    feeds = tmp_path / "feeds.toml"
    feeds.write_text(
        "".join(f'[[feed]]\nurl = "{site.url}/{name}"\n' for name in ("one", "two", "gone"))
    )
    state = ("--state", str(tmp_path / "state.db"))
    common = ("--broker", f"embedded:{tmp_path / 'broker.db'}")
    jsonl = ("--jsonl", str(tmp_path / "enriched"))
    status = ("--status", "127.0.0.1:0")

    def done(*arguments: str) -> str:
        ended = newsline(*arguments)
        assert (ended.returncode, ended.stderr) == (0, ""), ended.stderr
        return ended.stdout

    def story(path: str) -> list[dict]:
        lines = done("trace", site.url + path, "--json", *state, *common, *jsonl).splitlines()
        return [json.loads(line) for line in lines]

    def polled() -> None:
        opt_outs = ("--respect-opt-outs", "--allow", site.host)
        newsline("poll", str(feeds), "--once", *opt_outs, *state, *common, *status)

    (tmp_path / "enriched").mkdir()  # as the job makes it when it starts
    polled()
    waiting = [event for event in story("/harbour") if event["event"] == "job"]
    assert [(len(job["waiting"]), job["lag"]) for job in waiting] == [(1, 1)]
    assert newsline("enrich", "--until-caught-up", *jsonl, *common, *status).returncode == 0

    events = story("/harbour")
    entries = [event for event in events if event["event"] == "entry"]
    assert {(entry["feed"], entry["outcome"]) for entry in entries} in (
        {(f"{site.url}/one", "published"), (f"{site.url}/two", "duplicate")},
        {(f"{site.url}/two", "published"), (f"{site.url}/one", "duplicate")},
    )
    kinds = [event["event"] for event in events if event["event"] not in ("entry", "looked")]
    assert kinds == ["article", "raw", "jsonl", "enriched", "job"]
    times = [datetime.fromisoformat(event["at"]) for event in events if event.get("at")]
    assert times == sorted(times)
    (job,) = [event for event in events if event["event"] == "job"]
    assert (job["waiting"], job["missing"], job["lag"]) == ([], [], 0)

    for path, outcome in (
        ("/private/plans", "robots"),
        ("/reserved", "opted_out"),
        ("/nowhere", "not_found"),
    ):
        (entry,) = story(path)
        assert (entry["event"], entry["outcome"]) == ("entry", outcome)

    shown = done("feeds", "status", "--failing", *state)
    assert re.search(rf"^failing  {site.url}/gone$", shown, re.MULTILINE)
    assert re.search(r"^         last error, .* ago: not_found", shown, re.MULTILINE)
    assert shown.endswith("3 feeds: 1 failing, 2 ok\n")
